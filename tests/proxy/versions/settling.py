"""Waits until nothing is read in the background."""

import threading

from catalog.reference import ImageReference
from proxy.version_types import VersionPage, VersionQuery
from proxy.versions.versions import Versions


def settle() -> None:
    """Wait for the threads that read versions, and those that they start; they end when nothing is left to read."""
    while reading := next((each for each in threading.enumerate() if each.name == "versions"), None):
        reading.join(60)
        assert not reading.is_alive()


def whole_page(versions: Versions, image: ImageReference, query: VersionQuery) -> VersionPage:
    """The page once everything on it was read; the first answer waits only for a moment."""
    versions.page(image, query)
    settle()
    return versions.page(image, query)
