"""Where each node of a drawn graph is, in pixels. Pure.

A layer of many nodes has several columns: its nodes fill rows, so that a hundred of them fit on a screen.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provider.pages.graph.layers import Link

NODE_WIDTH = 206
NODE_HEIGHT = 44
_BEND_HEIGHT = 12
_ROW_GAP = 16
_COLUMN_GAP = 30
_GUTTER = 84
_MOST_ROWS = 14
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a node, or of a bend, which is as wide as its layer.

    Attributes:
        enters: where edges enter the layer of the node.
        leaves: where they leave it.
    """

    x: float
    y: float
    width: float
    height: float
    enters: float
    leaves: float

    @property
    def right(self) -> float:
        """The right end."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The middle of its height."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """The boxes by number, and the size of the picture."""

    boxes: Mapping[int, Box]
    width: float
    height: float


@dataclass(slots=True)
class _Layer:
    """A layer: its rows from top to bottom, and the top of each."""

    rows: list[list[int]]
    heights: list[float]
    columns: int
    x: float = 0
    tops: list[float] | None = None

    @property
    def width(self) -> float:
        return self.columns * NODE_WIDTH + (self.columns - 1) * _COLUMN_GAP

    @property
    def height(self) -> float:
        return sum(self.heights) + _ROW_GAP * (len(self.rows) - 1)


def placed(layers: Sequence[Sequence[int]], links: Sequence[Link], nodes: int, margin: float) -> Placed:
    """The boxes of ordered layers.

    Args:
        layers: numbers from top to bottom; those from `nodes` on are bends.
        links: between neighbouring layers.
        nodes: how many nodes there are.
        margin: the space around.
    """
    found = [_layer(layer, nodes) for layer in layers]
    x = margin
    height = max(layer.height for layer in found)
    for layer in found:
        layer.x = x
        layer.tops = _stacked(layer, (height - layer.height) / 2)
        x += layer.width + _GUTTER
    _relax(found, links)
    highest = min(layer.tops[0] for layer in found if layer.tops)
    boxes = {number: box for layer in found for number, box in _boxes(layer, nodes, margin - highest)}
    return Placed(boxes, x - _GUTTER + margin, max(box.y + box.height for box in boxes.values()) + margin)


def _layer(layer: Sequence[int], nodes: int) -> _Layer:
    count = sum(number < nodes for number in layer)
    columns = max(1, -(-count // _MOST_ROWS))
    rows: list[list[int]] = []
    row: list[int] = []
    bends: list[int] = []
    for number in layer:
        (row if number < nodes else bends).append(number)
        if len(row) == columns or not row:
            rows += [row] if row else []
            rows += [[bend] for bend in bends]
            row, bends = [], []
    rows += [row] if row else []
    rows += [[bend] for bend in bends]
    return _Layer(rows, [NODE_HEIGHT if row[0] < nodes else _BEND_HEIGHT for row in rows], columns)


def _stacked(layer: _Layer, top: float) -> list[float]:
    tops = []
    for height in layer.heights:
        tops.append(top)
        top += height + _ROW_GAP
    return tops


def _relax(layers: Sequence[_Layer], links: Sequence[Link]) -> None:
    """Move the rows of layers of one column to the middle of their neighbours, from left to right and back."""
    neighbours: defaultdict[int, list[int]] = defaultdict(list)
    for start, end in links:
        neighbours[start].append(end)
        neighbours[end].append(start)
    middles = {number: middle for layer in layers for number, middle in _middles(layer)}
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            if layer.columns > 1:
                continue
            wanted = []
            for (number,), height in zip(layer.rows, layer.heights, strict=True):
                near = [middles[each] for each in neighbours[number]] or [middles[number]]
                wanted.append(sum(near) / len(near) - height / 2)
            layer.tops = spaced(wanted, layer.heights)
            middles.update(_middles(layer))


def _middles(layer: _Layer) -> list[tuple[int, float]]:
    rows = zip(layer.rows, layer.tops or (), layer.heights, strict=True)
    return [(number, top + height / 2) for row, top, height in rows for number in row]


def spaced(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """The tops of rows that do not overlap, in their order, each as near as possible to where it wants to be.

    Rows that would overlap form a block that stands where its members want it on average (pool adjacent violators).
    """
    blocks: list[tuple[float, int]] = []
    offsets = _offsets(heights)
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            total, count = total + blocks[-1][0], count + blocks[-1][1]
            blocks.pop()
        blocks.append((total, count))
    starts = [total / count for total, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def _offsets(heights: Sequence[float]) -> list[float]:
    offsets = [0.0]
    for height in heights[:-1]:
        offsets.append(offsets[-1] + height + _ROW_GAP)
    return offsets


def _boxes(layer: _Layer, nodes: int, down: float) -> list[tuple[int, Box]]:
    ends = layer.x, layer.x + layer.width
    found = []
    for row, top, height in zip(layer.rows, layer.tops or (), layer.heights, strict=True):
        for column, number in enumerate(row):
            x = layer.x + column * (NODE_WIDTH + _COLUMN_GAP)
            width = NODE_WIDTH if number < nodes else layer.width
            found.append((number, Box(x, top + down, width, height, *ends)))
    return found
