"""The layers of a drawn graph: every edge goes from left to right, over one layer at a time. Pure.

Nodes are numbers from 0. An edge that goes over several layers gets a bend in each layer between; bends are numbered
after the nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.components import components
from catalog.graph import depths

Link = tuple[int, int]
"""An edge from one number to another."""


@dataclass(frozen=True, slots=True)
class Layered:
    """Nodes and bends in layers.

    Attributes:
        layers: from left to right, the numbers in each.
        chains: for each edge that goes to the right, its numbers from end to end; for others, an empty one: they close
            a cycle.
    """

    layers: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]

    @property
    def links(self) -> list[Link]:
        """The parts of the edges between neighbouring layers."""
        return [link for chain in self.chains for link in pairwise(chain)]


def layered(steps: Sequence[int], edges: Sequence[Link]) -> Layered:
    """The layers of nodes.

    Args:
        steps: for each node its distance from the one in the middle; negative for those on its left.
        edges: from left to right, as far as they close no cycle.
    """
    places = _places(steps, edges)
    leftmost = min(places)
    layers: list[list[int]] = [[] for _ in range(max(places) - leftmost + 1)]
    for node, place in enumerate(places):
        layers[place - leftmost].append(node)
    following, chains = len(steps), []
    for start, end in edges:
        between = range(places[start] + 1, places[end])
        bends = tuple(range(following, following + len(between)))
        following += len(bends)
        for bend, place in zip(bends, between, strict=True):
            layers[place - leftmost].append(bend)
        chains.append((start, *bends, end) if places[start] < places[end] else ())
    return Layered(tuple(map(tuple, layers)), tuple(chains))


def _places(steps: Sequence[int], edges: Sequence[Link]) -> list[int]:
    """The layer of each node: on each side, as far from the middle as its longest way there."""
    right = _longest(steps, [edge for edge in edges if min(steps[edge[0]], steps[edge[1]]) >= 0])
    mirrored = [-step for step in steps]
    left = _longest(mirrored, [(end, start) for start, end in edges if max(steps[start], steps[end]) <= 0])
    return [right[node] if step >= 0 else -left[node] for node, step in enumerate(steps)]


def _longest(steps: Sequence[int], edges: Sequence[Link]) -> list[int]:
    """The longest way to each node on one side; in a cycle only edges count that lead away from the middle."""
    behind: dict[str, list[str]] = {str(node): [] for node in range(len(steps))}
    for start, end in edges:
        behind[str(end)].append(str(start))
    cycle = {name: number for number, found in enumerate(components(behind)) for name in found}
    away = {
        name: [start for start in starts if cycle[start] != cycle[name] or steps[int(start)] < steps[int(name)]]
        for name, starts in behind.items()
    }
    found = depths(away)
    return [found[str(node)] for node in range(len(steps))]
