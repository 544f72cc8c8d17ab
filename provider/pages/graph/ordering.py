"""The order of the nodes in each layer of a drawn graph: few edges cross. Pure.

The method is that of Sugiyama, Tagawa and Toda (1981): each layer is sorted by the mean position of its neighbours in
the layer beside it, to and fro, and the best order is kept.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from provider.pages.graph.layers import Link

_SWEEPS = 6

Layers = list[list[int]]


def ordered(layers: Sequence[Sequence[int]], links: Sequence[Link]) -> Layers:
    """The same layers with few crossings; without any to avoid, each layer keeps its order."""
    best = current = [list(layer) for layer in layers]
    fewest = crossings(current, links)
    forward, backward = _neighbours(links), _neighbours((end, start) for start, end in links)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        current = _swept(current, backward) if sweep % 2 == 0 else _swept(current[::-1], forward)[::-1]
        count = crossings(current, links)
        if count < fewest:
            best, fewest = current, count
    return best


def crossings(layers: Sequence[Sequence[int]], links: Sequence[Link]) -> int:
    """How many pairs of links cross."""
    position = {number: place for layer in layers for place, number in enumerate(layer)}
    layer_of = {number: index for index, layer in enumerate(layers) for number in layer}
    between: defaultdict[int, list[Link]] = defaultdict(list)
    for start, end in links:
        between[layer_of[start]].append((position[start], position[end]))
    count = 0
    for pairs in between.values():
        ends: list[int] = []
        for _, end in sorted(pairs):
            count += len(ends) - bisect_right(ends, end)
            insort(ends, end)
    return count


def _swept(layers: Sequence[Sequence[int]], neighbours: Mapping[int, Sequence[int]]) -> Layers:
    """Each layer but the first, sorted by the layer before it."""
    found = [list(layers[0])]
    for layer in layers[1:]:
        position = {number: place for place, number in enumerate(found[-1])}
        found.append(_by_mean(layer, position, neighbours))
    return found


def _by_mean(layer: Sequence[int], position: Mapping[int, int], neighbours: Mapping[int, Sequence[int]]) -> list[int]:
    """Sorted by the mean position of the neighbours; numbers without any keep their place among the others."""
    means = {}
    last = 0.0
    for number in layer:
        places = [position[each] for each in neighbours.get(number, ())]
        last = means[number] = sum(places) / len(places) if places else last
    return sorted(layer, key=means.__getitem__)


def _neighbours(links: Iterable[Link]) -> Mapping[int, Sequence[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for start, end in links:
        found[start].append(end)
    return found
