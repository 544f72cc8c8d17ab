"""The paths of the edges of a drawn graph, as SVG writes them. Pure."""

from collections.abc import Mapping, Sequence

from provider.pages.graph.places import Box

_LANE = 5
"""Between a row and the horizontal part of an edge that passes along it."""
_TURN = 12
_BULGE = 46
MARGIN = 12
"""The space around the nodes."""
ARCH = 52
"""The space around the nodes where an edge closes a cycle: it passes above and beside them."""


def forward(chain: Sequence[int], boxes: Mapping[int, Box]) -> str:
    """The path of an edge from left to right, through its bends."""
    first, *bends, last = (boxes[number] for number in chain)
    path, x, y = _start(first)
    for bend in bends:
        path += f"{_curve(x, y, bend.enters, bend.middle)}H{bend.leaves:g}"
        x, y = bend.leaves, bend.middle
    return path + _end(x, y, last)


def backward(start: Box, end: Box) -> str:
    """The path of an edge that closes a cycle: in an arch above both nodes."""
    top = min(start.y, end.y) - ARCH + 12
    x, y = start.right, start.middle
    to_x, to_y = end.x, end.middle
    return (
        f"M{x:g} {y:g}C{x + _BULGE:g} {y:g} {x + _BULGE:g} {top:g} {(x + to_x) / 2:g} {top:g}"
        f"S{to_x - _BULGE:g} {to_y:g} {to_x:g} {to_y:g}"
    )


def _start(box: Box) -> tuple[str, float, float]:
    """The path from a node to the end of its layer, and where that is."""
    path = f"M{box.right:g} {box.middle:g}"
    if box.right >= box.leaves:
        return path, box.right, box.middle
    # Between the other columns of the layer, below the row.
    lane = box.y + box.height + _LANE
    turned = box.right + _TURN
    path += f"C{turned:g} {box.middle:g} {box.right:g} {lane:g} {turned:g} {lane:g}H{box.leaves:g}"
    return path, box.leaves, lane


def _end(x: float, y: float, box: Box) -> str:
    """The path into a node, from the end of the layer before."""
    if box.x <= box.enters:
        return _curve(x, y, box.x, box.middle)
    # Between the other columns of the layer, above the row.
    lane = box.y - _LANE
    turn = box.x - 2 * _TURN
    curve = f"C{box.x - _TURN:g} {lane:g} {box.x - _TURN:g} {box.middle:g} {box.x:g} {box.middle:g}"
    return f"{_curve(x, y, box.enters, lane)}H{turn:g}{curve}"


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
