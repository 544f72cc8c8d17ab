"""The paths of edges."""

import re

from provider.pages.graph.curves import ARCH, backward, forward
from provider.pages.graph.places import Box

LEFT = Box(12, 100, 206, 44, 12, 218)
BEND = Box(300, 60, 206, 12, 300, 506)
RIGHT = Box(600, 100, 206, 44, 600, 806)


def _points(path: str) -> list[tuple[str, list[float]]]:
    return [
        (kind, [float(each) for each in numbers.split()]) for kind, numbers in re.findall(r"([MCHS])([^MCHS]*)", path)
    ]


def test_an_edge_runs_from_the_right_of_a_node_to_the_left_of_another() -> None:
    """In one curve."""
    start, curve = _points(forward([0, 1], {0: LEFT, 1: RIGHT}))
    assert start == ("M", [218, 122])
    assert curve[1][-2:] == [600, 122]


def test_an_edge_passes_a_layer_at_its_bend() -> None:
    """Straight, from one side of the layer to the other."""
    path = _points(forward([0, 5, 1], {0: LEFT, 5: BEND, 1: RIGHT}))
    assert [kind for kind, _ in path] == ["M", "C", "H", "C"]
    assert path[1][1][-2:] == [300, 66]
    assert path[2][1] == [506]


def test_an_edge_to_an_inner_column_passes_above_the_row() -> None:
    """It crosses no node of the columns before."""
    inner = Box(836, 100, 206, 44, 600, 1042)
    path = _points(forward([0, 1], {0: LEFT, 1: inner}))
    assert [kind for kind, _ in path] == ["M", "C", "H", "C"]
    assert path[1][1][-2:] == [600, 95]
    assert path[3][1][-2:] == [836, 122]


def test_an_edge_from_an_inner_column_passes_below_the_row() -> None:
    """It crosses no node of the columns behind."""
    outer = Box(12, 100, 206, 44, 12, 454)
    path = _points(forward([0, 1], {0: outer, 1: RIGHT}))
    assert path[1][1][-2:] == [230, 149]
    assert path[2] == ("H", [454])


def test_an_edge_that_closes_a_cycle_passes_above_both_nodes() -> None:
    """Within the space that is kept for it."""
    path = _points(backward(RIGHT, LEFT))
    assert path[0] == ("M", [806, 122])
    assert path[-1][1][-2:] == [12, 122]
    assert min(path[1][1][1::2]) >= 100 - ARCH
