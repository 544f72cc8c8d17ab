"""A storage whose failures do not fail a request."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from proxy.cache.entries import CacheEntry, Storage, StorageFailed

_log = logging.getLogger(__name__)
_PAUSE = timedelta(seconds=30)
T = TypeVar("T")


class ForgivingStorage:
    """As if it were empty while the real one fails.

    After a failure it is left alone for half a minute, since a locked database fails only after long waiting. The
    first failure is logged, and the next one only after something could be written again.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now
        self._resume_at: datetime | None = None
        self._told = False

    def read(self, key: str) -> CacheEntry | None:
        """What is kept; None too where it cannot be read."""
        return self._attempt(lambda: self._storage.read(key), otherwise=None)

    def write(self, key: str, entry: CacheEntry) -> None:
        """Keep this where that can be done."""
        self._attempt(lambda: self._write(key, entry), otherwise=None)

    def remove(self, key: str) -> None:
        """Keep nothing where that can be done."""
        self._attempt(lambda: self._storage.remove(key), otherwise=None)

    def claim(self, key: str, holder: str, until: datetime) -> bool:
        """Take the lease; true too where there are no leases to be had: two requests are better than none."""
        return self._attempt(lambda: self._storage.claim(key, holder, self._now(), until), otherwise=True)

    def release(self, key: str, holder: str) -> None:
        """Give the lease up; else it runs out."""
        self._attempt(lambda: self._storage.release(key, holder), otherwise=None)

    def _write(self, key: str, entry: CacheEntry) -> None:
        self._storage.write(key, entry)
        self._told = False

    def _attempt(self, ask: Callable[[], T], *, otherwise: T) -> T:
        if self._resume_at and self._now() < self._resume_at:
            return otherwise
        try:
            return ask()
        except StorageFailed as error:
            self._resume_at = self._now() + _PAUSE
            if not self._told:
                self._told = True
                _log.warning("The cache's storage fails, so answers are kept in memory alone meanwhile: %s", error)
            return otherwise
