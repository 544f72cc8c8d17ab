"""Where the nodes of a drawn graph are."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.pages.graph.places import NODE_HEIGHT, NODE_WIDTH, Box, placed, spaced

_GAP = 16


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right and other.x < one.right and one.y < other.y + other.height and other.y < one.y + one.height
    )


def test_a_chain_is_a_row() -> None:
    """Nodes of layers with one node each are at one height, inside the margins."""
    found = placed([[0], [1], [2]], [(0, 1), (1, 2)], 3, 12)

    assert {box.y for box in found.boxes.values()} == {12}
    assert found.height == NODE_HEIGHT + 24
    assert [box.x for box in found.boxes.values()] == sorted(box.x for box in found.boxes.values())
    assert found.width == found.boxes[2].right + 12


def test_a_node_is_in_the_middle_of_its_neighbours() -> None:
    """So that edges are short."""
    found = placed([[0], [1, 2, 3]], [(0, 1), (0, 2), (0, 3)], 4, 12)
    assert found.boxes[0].middle == found.boxes[2].middle


@pytest.mark.parametrize("count", [1, 14, 15, 100, 300])
def test_many_nodes_of_a_layer_fill_rows(count: int) -> None:
    """No two overlap, and the picture of a hundred is not higher than a large screen."""
    found = placed([[0], list(range(1, count + 1))], [(0, each) for each in range(1, count + 1)], count + 1, 12)

    assert not any(_overlap(one, other) for one, other in combinations(found.boxes.values(), 2))
    assert found.height <= 14 * (NODE_HEIGHT + _GAP) + 24
    assert all(box.width == NODE_WIDTH for box in found.boxes.values())


@given(st.integers(1, 40), st.integers(0, 12), st.data())
def test_bends_have_places_of_their_own(nodes: int, bends: int, data: st.DataObject) -> None:
    """No edge that passes a layer runs through one of its nodes."""
    layer = data.draw(st.permutations(range(nodes + bends)))
    found = placed([layer], [], nodes, 12)

    assert set(found.boxes) == set(layer)
    assert not any(_overlap(one, other) for one, other in combinations(found.boxes.values(), 2))


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 60)), min_size=1, max_size=12))
def test_rows_keep_their_order_and_never_overlap(rows: list[tuple[float, float]]) -> None:
    """Wherever they want to be."""
    heights = [height for _, height in rows]
    tops = spaced([want for want, _ in rows], heights)
    for top, height, following in zip(tops, heights, tops[1:], strict=False):
        assert following >= top + height + _GAP - 1e-6


def test_rows_that_have_room_are_where_they_want_to_be() -> None:
    """Those that have none share the distance."""
    assert spaced([0, 200, 400], [40, 40, 40]) == [0, 200, 400]
    assert spaced([100, 100], [40, 40]) == [72, 128]
