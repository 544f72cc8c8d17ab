"""Depth, cycles, dependents and impact, against slow and plain ways to tell them."""

from itertools import pairwise

from hypothesis import given

from catalog.graph import cycles, dependents, depths, impact
from tests.catalog.graphs import GRAPHS, reachable

LONG = 10_000


def chain(length: int) -> dict[str, list[str]]:
    """Images of which each stands on the one before."""
    return {f"{at:05}": [f"{at - 1:05}"] if at else [] for at in range(length)}


def test_depth_counts_the_layers_below() -> None:
    """The longest way down counts; a base of which nothing is known is no layer."""
    bases = {"app": ["runtime", "tools"], "runtime": ["tools"], "tools": ["node-22"]}

    assert depths(bases) == {"app": 2, "runtime": 1, "tools": 0}


def test_a_cycle_is_measured_without_the_edge_that_closes_it() -> None:
    """The first by name is on top, and what stands on the cycle is above it."""
    assert depths({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"]}) == {
        "a": 2,
        "b": 1,
        "c": 0,
        "d": 3,
        "e": 0,
    }


@given(GRAPHS)
def test_depth_follows_every_edge_outside_cycles(bases: dict[str, list[str]]) -> None:
    """Without cycles an image is one above its highest known base."""
    found = depths(bases)

    assert found.keys() == bases.keys()
    if not cycles(bases):
        for name, below in bases.items():
            assert found[name] == max((found[base] + 1 for base in below if base in bases), default=0)


def test_a_cycle_is_told_as_a_path() -> None:
    """All members have the same path, closed, from the first by name; others have none."""
    path = ("a", "c", "b", "a")

    assert cycles({"b": ["a"], "a": ["c"], "c": ["b"], "d": ["a"], "e": ["e"]}) == {
        "a": path,
        "b": path,
        "c": path,
        "e": ("e", "e"),
    }


@given(GRAPHS)
def test_exactly_the_images_that_reach_themselves_have_a_path(bases: dict[str, list[str]]) -> None:
    """Each path goes along written edges, through its image, touches nothing twice and ends where it began."""
    found = cycles(bases)

    assert found.keys() == {name for name in bases if name in reachable(name, bases)}
    for name, path in found.items():
        assert name in path
        assert path[0] == path[-1] == min(path)
        assert len(set(path)) == len(path) - 1
        assert all(base in bases[image] for image, base in pairwise(path))


@given(GRAPHS)
def test_dependents_are_the_edges_turned_round(bases: dict[str, list[str]]) -> None:
    """Every name that occurs is there, with those that name it, sorted."""
    names = bases.keys() | {base for each in bases.values() for base in each}

    assert dependents(bases) == {name: tuple(sorted(n for n in bases if name in bases[n])) for name in sorted(names)}


@given(GRAPHS)
def test_impact_is_all_that_reaches_an_image(bases: dict[str, list[str]]) -> None:
    """Whoever stands on it through others is there once; the image itself never."""
    for name in "ax":
        found = impact(name, bases)

        assert len(set(found)) == len(found)
        assert set(found) == {other for other in bases if name in reachable(other, bases)} - {name}


def test_impact_names_the_nearest_first() -> None:
    """Direct dependents come before theirs, each by name."""
    assert impact("z", {"b": ["z"], "c": ["z"], "a": ["c"]}) == ("b", "c", "a")


def test_ten_thousand_layers_are_no_problem() -> None:
    """Nothing recurses: neither a deep chain nor one long cycle ends in an error."""
    bases = chain(LONG)
    top = f"{LONG - 1:05}"

    assert depths(bases)[top] == LONG - 1
    assert cycles(bases) == {}
    assert len(impact("00000", bases)) == LONG - 1
    bases["00000"] = [top]
    assert len(cycles(bases)) == LONG
    assert max(depths(bases).values()) == LONG - 1
