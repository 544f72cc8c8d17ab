"""A few places to wait, in all and for each network. Thread-safe."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class WaitingPlaces:
    """Counts who waits.

    Args:
        places: how many may wait at a time.
        places_of_network: how many of them from one network.
    """

    def __init__(self, places: int, places_of_network: int) -> None:
        self._places = places
        self._of_network = places_of_network
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, network: str) -> Iterator[bool]:
        """Take a place for the block; False if none is free, also for this network."""
        taken = self._take(network)
        try:
            yield taken
        finally:
            if taken:
                self._give_back(network)

    def _take(self, network: str) -> bool:
        with self._lock:
            if self._taken.total() >= self._places or self._taken[network] >= self._of_network:
                return False
            self._taken[network] += 1
            return True

    def _give_back(self, network: str) -> None:
        with self._lock:
            # Counter's subtraction drops what is zero.
            self._taken -= Counter({network: 1})
