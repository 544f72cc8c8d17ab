"""Which images a bounded graph has. Pure."""

from collections.abc import Sequence
from itertools import islice

LEVELS = 2
"""Steps over which a graph has images that depend on the one in the middle, unless more are asked for."""
MOST_LEVELS = 10
MOST_NODES = 100
"""The largest number of images in a graph: more cannot be read on one page."""


def chosen(name: str, below: Sequence[str], above: Sequence[str], most: int) -> list[str]:
    """The names of at most `most` images: the image itself, what it depends on, and what depends on it.

    What it depends on gets up to a third of the places, and more where the other side needs fewer, and the other way
    round. An image that is on both sides, in a cycle of Dockerfiles, is chosen once.

    Args:
        name: the image in the middle.
        below: what it depends on, in the order in which it is to be chosen.
        above: what depends on it, likewise.
        most: at least 1.
    """
    places = most - 1
    for_below = min(len(below), max(places // 3, places - len(above)))
    for_above = max(0, places - for_below)
    return list(dict.fromkeys((name, *islice(below, for_below), *islice(above, for_above))))
