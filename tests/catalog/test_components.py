"""Tests of strongly connected components against their definition."""

from hypothesis import given

from catalog.components import components
from tests.catalog.graphs import GRAPHS, reachable


@given(GRAPHS)
def test_components_are_names_that_reach_each_other(edges: dict[str, list[str]]) -> None:
    """Each name is in exactly one component, with all names that it reaches and that reach it."""
    found = components(edges)

    assert sorted(name for members in found for name in members) == sorted(edges)
    for members in found:
        for name in members:
            mutual = {other for other in reachable(name, edges) if name in reachable(other, edges)} | {name}
            assert tuple(sorted(mutual & edges.keys())) == members


@given(GRAPHS)
def test_the_order_of_the_input_does_not_matter(edges: dict[str, list[str]]) -> None:
    """The same names in the reverse order give the same components."""
    turned = {name: edges[name] for name in reversed(edges)}

    assert components(turned) == components(edges)
