"""Results that are computed from cached answers, kept while the answers stay the same."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from cachetools import LRUCache

from proxy.versions.listing import Listing

Made = TypeVar("Made")

MOST_WEIGHT = 200_000
"""The most tags and platforms in one memo; each takes about 300 bytes."""


class Memo(Generic[Made]):
    """Results by key, bounded in weight; the least recently used are removed first. Safe to use from many threads.

    Args:
        weigh: returns the weight of a result.
        most: the most weight of all results; a heavier single result is not kept.
    """

    def __init__(self, weigh: Callable[[Made], int], most: int = MOST_WEIGHT) -> None:
        self._lock = threading.Lock()
        self._weigh = weigh
        self._known: LRUCache[str, tuple[tuple[object, ...], Made, int]] = LRUCache(most, getsizeof=_weight_of)

    def get(self, key: str, parts: Sequence[object], make: Callable[[], Made]) -> Made:
        """The result for this key if it was made from exactly these objects, otherwise the result of `make`."""
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
    """The number of tags, platforms and sizes in a listing."""
    return len(listing.tags) + len(listing.sizes) + sum(len(tag.platforms) for tag in listing.tags)


def _weight_of(known: tuple[object, object, int]) -> int:
    return known[2]


def _is(one: object, other: object) -> bool:
    return one is other
