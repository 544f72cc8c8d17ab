"""A storage whose failures do not fail a request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from proxy.cache.entries import CacheEntry, Storage, StorageFailed
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_PAUSE = timedelta(seconds=30)
T = TypeVar("T")


class ForgivingStorage:
    """Behaves like an empty storage while the real one fails.

    After a failure the real storage is not used for 30 seconds, because a locked database fails only after a long wait.
    The first failure is logged; further ones are logged only after a write has succeeded again.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now
        self._resume_at: datetime | None = None
        self._logged = False

    def read(self, key: str) -> CacheEntry | None:
        """The stored entry; None also if it cannot be read."""
        return self._attempt(lambda: self._storage.read(key), otherwise=None)

    def write(self, key: str, entry: CacheEntry) -> None:
        """Store this entry if that is possible."""
        self._attempt(lambda: self._write(key, entry), otherwise=None)

    def remove(self, key: str) -> None:
        """Remove the entry if that is possible."""
        self._attempt(lambda: self._storage.remove(key), otherwise=None)

    def claim(self, key: str, holder: str, until: datetime) -> bool:
        """Take the lease; true also if the storage fails: two requests are better than none."""
        return self._attempt(lambda: self._storage.claim(key, holder, self._now(), until), otherwise=True)

    def release(self, key: str, holder: str) -> None:
        """Give up the lease; if that fails, it expires."""
        self._attempt(lambda: self._storage.release(key, holder), otherwise=None)

    def _write(self, key: str, entry: CacheEntry) -> None:
        self._storage.write(key, entry)
        self._logged = False

    def _attempt(self, operation: Callable[[], T], *, otherwise: T) -> T:
        if self._resume_at and self._now() < self._resume_at:
            return otherwise
        try:
            return operation()
        except StorageFailed as error:
            self._resume_at = self._now() + _PAUSE
            if not self._logged:
                self._logged = True
                _log.warning(
                    "cache_storage_failed",
                    "The cache's storage fails; answers are kept in memory only until it works again: {error}",
                    error=error,
                )
            return otherwise
