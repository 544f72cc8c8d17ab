"""The layers of a drawn graph."""

from hypothesis import given
from hypothesis import strategies as st

from provider.pages.graph.layers import Link, layered

STEPS_AND_EDGES = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.lists(st.integers(-3, 3), min_size=count, max_size=count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30),
    )
)


def test_every_edge_leads_to_a_later_layer() -> None:
    """An image that depends on another directly and over a third one is behind the third one."""
    found = layered([0, 1, 1], [(0, 1), (0, 2), (1, 2)])

    assert found.layers == ((0,), (1, 3), (2,))
    assert found.chains == ((0, 1), (0, 3, 2), (1, 2))
    assert found.links == [(0, 1), (0, 3), (3, 2), (1, 2)]


def test_what_the_image_depends_on_is_as_near_to_it_as_it_can_be() -> None:
    """A base that is used directly stands beside the image, not beside the base of another base."""
    found = layered([-1, -1, -2, 0], [(0, 3), (1, 3), (2, 0)])
    assert found.layers == ((2,), (0, 1), (3,))


def test_an_edge_that_closes_a_cycle_has_no_chain() -> None:
    """Those that lead away from the middle stay."""
    found = layered([0, -1, -2], [(1, 0), (2, 1), (0, 2)])

    assert found.layers == ((2,), (1,), (0,))
    assert found.chains == ((1, 0), (2, 1), ())


def test_a_cycle_among_dependents_keeps_their_distance() -> None:
    """Two images that depend on each other, one of them on the middle."""
    found = layered([0, 2, 1], [(0, 2), (2, 1), (1, 2)])
    assert found.layers == ((0,), (2,), (1,))


@given(STEPS_AND_EDGES)
def test_whatever_the_edges_every_node_has_one_place(drawn: tuple[list[int], list[Link]]) -> None:
    """Each chain runs over neighbouring layers, and each bend belongs to one edge."""
    steps, edges = drawn
    found = layered(steps, edges)
    place = {number: index for index, layer in enumerate(found.layers) for number in layer}

    numbers = [number for layer in found.layers for number in layer]
    assert sorted(numbers) == list(range(len(numbers)))
    assert len(found.chains) == len(edges)
    for chain, edge in zip(found.chains, edges, strict=True):
        if chain:
            assert (chain[0], chain[-1]) == edge
            assert [place[number] for number in chain] == list(range(place[chain[0]], place[chain[-1]] + 1))
            assert all(number >= len(steps) for number in chain[1:-1])
