"""How far the lists of tags that are being read were read."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator


class Progress:
    """The number of tags of each list so far. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._so_far: Counter[str] = Counter()

    @contextlib.contextmanager
    def reading(self, image: str) -> Iterator[Callable[[int], None]]:
        """An image's list is read in the block; the function adds a number of tags that were read."""

        def add(tags: int) -> None:
            with self._lock:
                self._so_far[image] += tags

        try:
            yield add
        finally:
            with self._lock:
                self._so_far.pop(image, None)

    def of(self, image: str) -> int:
        """The number of tags that were read; 0 also if the list is not being read."""
        with self._lock:
            return self._so_far[image]
