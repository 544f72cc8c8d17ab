"""What is really in the registry, as whoever pushes it knows."""

import threading
import time

from soak.evidence import Published
from tests.peers.images import PushedImage


class Truth:
    """Every digest that was published. Safe for threads.

    Attributes:
        published: the oldest first.
    """

    def __init__(self) -> None:
        self.published: list[Published] = []
        self._images: dict[str, PushedImage] = {}
        self._current: dict[str, PushedImage] = {}
        self._lock = threading.Lock()

    def add(self, repository: str, image: PushedImage, *, first: bool = False) -> None:
        """The tag of the repository points to this image now."""
        with self._lock:
            self.published.append(Published(repository, image.digest, time.time(), first))
            self._images[image.digest] = self._current[repository] = image

    def current(self, repository: str) -> PushedImage:
        """The image that the tag of the repository points to."""
        with self._lock:
            return self._current[repository]

    def image(self, digest: str) -> PushedImage | None:
        """The image with this digest; None: nobody published it."""
        with self._lock:
            return self._images.get(digest)
