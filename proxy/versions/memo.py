"""Results computed from cached answers, kept while those stay the same."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from cachetools import LRUCache

from proxy.versions.listing import Listing

Made = TypeVar("Made")

MOST_WEIGHT = 200_000
"""Tags and platforms that one memo remembers; each takes about 300 bytes."""


class Memo(Generic[Made]):
    """Bounded in weight; the longest unused leave first. Safe to use from many threads.

    Args:
        weigh: how much something made weighs.
        most: how much all of it may weigh; what is heavier alone is not remembered.
    """

    def __init__(self, weigh: Callable[[Made], int], most: int = MOST_WEIGHT) -> None:
        self._lock = threading.Lock()
        self._weigh = weigh
        self._known: LRUCache[str, tuple[tuple[object, ...], Made, int]] = LRUCache(most, getsizeof=_weight_of)

    def get(self, key: str, parts: Sequence[object], make: Callable[[], Made]) -> Made:
        """What was made under this key of exactly these objects (the cache gives the same ones again), else `make`."""
        with self._lock:
            known = self._known.get(key)
        if known and len(known[0]) == len(parts) and all(map(_is, known[0], parts)):
            return known[1]
        made = make()
        weight = 1 + self._weigh(made)
        with self._lock:
            self._known.pop(key, None)
            if weight <= self._known.maxsize:
                self._known[key] = (tuple(parts), made, weight)
        return made


def weight_of(listing: Listing) -> int:
    """How much a listing weighs."""
    return len(listing.tags) + sum(len(tag.platforms) for tag in listing.tags)


def _weight_of(known: tuple[object, object, int]) -> int:
    return known[2]


def _is(one: object, other: object) -> bool:
    return one is other
