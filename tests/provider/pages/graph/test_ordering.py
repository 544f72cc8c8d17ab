"""The order of nodes in the layers of a drawn graph."""

from hypothesis import given
from hypothesis import strategies as st

from provider.pages.graph.ordering import crossings, ordered


def test_crossings_are_counted() -> None:
    """Two edges that share an end do not cross."""
    assert crossings([[0, 1], [2, 3]], [(0, 2), (1, 3)]) == 0
    assert crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)]) == 1
    assert crossings([[0, 1], [2, 3]], [(0, 3), (1, 3), (0, 2)]) == 0
    assert crossings([[0, 1, 2], [3, 4, 5]], [(0, 5), (1, 4), (2, 3)]) == 3


def test_crossings_are_avoided() -> None:
    """Nodes move beside their neighbours."""
    links = [(0, 5), (1, 4), (2, 3), (5, 8), (4, 7), (3, 6)]
    found = ordered([[0, 1, 2], [3, 4, 5], [6, 7, 8]], links)
    assert crossings(found, links) == 0


def test_an_order_without_crossings_stays() -> None:
    """What needs attention stays at the top."""
    layers = [[0], [3, 1, 2]]
    assert ordered(layers, [(0, 1), (0, 2), (0, 3)]) == layers


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(7, 13)), max_size=40), st.permutations(range(7, 14)))
def test_no_order_is_worse_than_the_first(links: list[tuple[int, int]], below: list[int]) -> None:
    """Each layer keeps its numbers."""
    layers = [list(range(7)), below]
    found = ordered(layers, links)
    assert [sorted(layer) for layer in found] == [sorted(layer) for layer in layers]
    assert crossings(found, links) <= crossings(layers, links)
