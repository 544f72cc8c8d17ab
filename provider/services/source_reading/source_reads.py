"""Reads of sources that may outlast a round: a slow git server, a large repository."""

import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Read = TypeVar("Read")


class SourceReads(Generic[Read]):
    """Keeps one read for each image. What arrives after the end of its round is there for the next one.

    So a source that needs longer than a round is read all the same, and one that hangs is asked once, not once a round.
    Safe to use from many threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[str] = set()
        self._arrived: dict[str, Read] = {}
        self._outdated: set[str] = set()

    def is_known(self, name: str) -> bool:
        """Whether the image is being read, or its read has arrived and was not taken yet."""
        with self._lock:
            return name in self._running or name in self._arrived

    def run(self, name: str, read: Callable[[], Read]) -> None:
        """Read one image; `read` raises nothing. Called in a thread that may outlast the round."""
        with self._lock:
            self._running.add(name)
        try:
            found = read()
            with self._lock:
                if name not in self._outdated:
                    self._arrived[name] = found
        finally:
            with self._lock:
                self._running.discard(name)
                self._outdated.discard(name)

    def take(self, names: Iterable[str]) -> dict[str, Read]:
        """What has arrived of these images; it is given away once."""
        with self._lock:
            return {name: self._arrived.pop(name) for name in names if name in self._arrived}

    def forget(self, names: Iterable[str]) -> None:
        """Take nothing of these images that was read, or began to be read, before this call."""
        with self._lock:
            for name in names:
                self._arrived.pop(name, None)
                if name in self._running:
                    self._outdated.add(name)
