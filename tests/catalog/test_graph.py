"""Tests of depth, cycles, dependents and impact, compared with simple algorithms."""

from itertools import pairwise

from hypothesis import given

from catalog.graph import cycles, dependents, depths, impact
from tests.catalog.graphs import GRAPHS, reachable

LONG = 10_000


def chain(length: int) -> dict[str, list[str]]:
    """Images that each depend on the one before."""
    return {f"{at:05}": [f"{at - 1:05}"] if at else [] for at in range(length)}


def test_depth_is_the_length_of_the_longest_path() -> None:
    """The longest path counts; an unknown base does not count."""
    bases = {"app": ["runtime", "tools"], "runtime": ["tools"], "tools": ["node-22"]}

    assert depths(bases) == {"app": 2, "runtime": 1, "tools": 0}


def test_a_cycle_is_measured_without_the_edge_that_closes_it() -> None:
    """The first member by name is highest, and images that depend on the cycle are above it."""
    assert depths({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"]}) == {
        "a": 2,
        "b": 1,
        "c": 0,
        "d": 3,
        "e": 0,
    }


@given(GRAPHS)
def test_depth_follows_every_edge_outside_cycles(bases: dict[str, list[str]]) -> None:
    """Without cycles, an image is one above its highest known base."""
    found = depths(bases)

    assert found.keys() == bases.keys()
    if not cycles(bases):
        for name, below in bases.items():
            assert found[name] == max((found[base] + 1 for base in below if base in bases), default=0)


def test_a_cycle_is_reported_as_a_path() -> None:
    """All members have the same closed path, from the first by name; other images have none."""
    path = ("a", "c", "b", "a")

    assert cycles({"b": ["a"], "a": ["c"], "c": ["b"], "d": ["a"], "e": ["e"]}) == {
        "a": path,
        "b": path,
        "c": path,
        "e": ("e", "e"),
    }


@given(GRAPHS)
def test_exactly_the_images_that_reach_themselves_have_a_path(bases: dict[str, list[str]]) -> None:
    """The path follows edges, contains the image, visits each node once, and ends where it begins."""
    found = cycles(bases)

    assert found.keys() == {name for name in bases if name in reachable(name, bases)}
    for name, path in found.items():
        assert name in path
        assert path[0] == path[-1] == min(path)
        assert len(set(path)) == len(path) - 1
        assert all(base in bases[image] for image, base in pairwise(path))


@given(GRAPHS)
def test_dependents_are_the_reversed_edges(bases: dict[str, list[str]]) -> None:
    """Each name has the sorted names of the images that depend on it."""
    names = bases.keys() | {base for each in bases.values() for base in each}

    assert dependents(bases) == {name: tuple(sorted(n for n in bases if name in bases[n])) for name in sorted(names)}


@given(GRAPHS)
def test_impact_is_every_image_that_reaches_the_image(bases: dict[str, list[str]]) -> None:
    """Each direct or indirect dependent is listed once, and never the image itself."""
    for name in "ax":
        found = impact(name, bases)

        assert len(set(found)) == len(found)
        assert set(found) == {other for other in bases if name in reachable(other, bases)} - {name}


def test_impact_lists_the_nearest_first() -> None:
    """Direct dependents are first, and each level is sorted by name."""
    assert impact("z", {"b": ["z"], "c": ["z"], "a": ["c"]}) == ("b", "c", "a")


def test_ten_thousand_layers_are_supported() -> None:
    """A deep chain and a long cycle do not exceed the recursion limit."""
    bases = chain(LONG)
    top = f"{LONG - 1:05}"

    assert depths(bases)[top] == LONG - 1
    assert cycles(bases) == {}
    assert len(impact("00000", bases)) == LONG - 1
    bases["00000"] = [top]
    assert len(cycles(bases)) == LONG
    assert max(depths(bases).values()) == LONG - 1


def test_a_member_of_two_cycles_has_the_first_one() -> None:
    """The cycle of another member does not replace it, so that messages stay the same."""
    assert cycles({"a": ["b", "c"], "b": ["a"], "c": ["a"]}) == {
        "a": ("a", "b", "a"),
        "b": ("a", "b", "a"),
        "c": ("a", "c", "a"),
    }


def test_a_cycle_need_not_contain_the_first_member() -> None:
    """An image in a cycle of its own, which meets the first member's cycle, has its own cycle."""
    assert cycles({"a": ["b"], "b": ["a", "c"], "c": ["b"]}) == {
        "a": ("a", "b", "a"),
        "b": ("a", "b", "a"),
        "c": ("b", "c", "b"),
    }
    assert cycles({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["b"]})["c"] == ("b", "c", "d", "b")


def test_of_equally_short_cycles_the_first_by_name_is_used() -> None:
    """Where two paths are equally long, the one with the first name is chosen."""
    assert cycles({"a": ["c", "b"], "b": ["d"], "c": ["d"], "d": ["a"]})["a"] == ("a", "b", "d", "a")
