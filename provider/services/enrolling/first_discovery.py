"""Waits for the first discovery of an image that was just enrolled."""

import threading
import time
from collections.abc import Callable

from catalog.image import DiscoveryStatus, Image
from provider.ports import ImageIndex

_MOST_WAITING = 4
_PAUSE_SECONDS = 0.25


class FirstDiscovery:
    """Waits until the worker has read the Dockerfiles of an image. Thread-safe.

    Only a few callers wait at a time, because each one keeps a thread of the server.

    Args:
        index: what the worker has published.
        sleep: waits between two reads of the index, in seconds.
        monotonic: the clock, in seconds.
    """

    def __init__(
        self,
        index: ImageIndex,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index = index
        self._sleep = sleep
        self._monotonic = monotonic
        self._places = threading.BoundedSemaphore(_MOST_WAITING)

    def wait(self, name: str, seconds: float) -> Image | None:
        """The image once its Dockerfiles were read; None if that takes longer, or if too many callers wait."""
        if seconds <= 0 or not self._places.acquire(blocking=False):
            return self._found(name)
        try:
            until = self._monotonic() + seconds
            while (found := self._found(name)) is None and self._monotonic() < until:
                self._sleep(_PAUSE_SECONDS)
            return found
        finally:
            self._places.release()

    def _found(self, name: str) -> Image | None:
        image = self._index.image(name)
        if image is None or image.enrollment is None:
            return None
        pending = image.discovery is not None and image.discovery.status is DiscoveryStatus.PENDING
        return None if pending else image
