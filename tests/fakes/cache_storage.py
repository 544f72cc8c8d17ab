"""The storage of the cache in memory, which several caches can share like processes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.cache import CacheEntry, StorageFailed

UNREAD = timedelta(days=7)


@dataclass(slots=True)
class _Kept:
    entry: CacheEntry
    read_at: datetime


class FakeCacheStorage:
    """Entries and leases; safe to use from many threads.

    Attributes:
        problem: while it is set every call fails with it.
        calls: the names of all calls, failed ones too, oldest first.
    """

    def __init__(self, now: Callable[[], datetime], *, most_bytes: int = 1_000_000) -> None:
        self.problem: str | None = None
        self.calls: list[str] = []
        self._now = now
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}

    def read(self, key: str) -> CacheEntry | None:
        """See the port."""
        with self._called("read"):
            self._forget()
            if kept := self._kept.get(key):
                kept.read_at = self._now()
            return kept.entry if kept else None

    def write(self, key: str, entry: CacheEntry) -> None:
        """See the port."""
        with self._called("write"):
            self._kept[key] = _Kept(entry, self._now())
            self._forget()

    def remove(self, key: str) -> None:
        """See the port."""
        with self._called("remove"):
            self._kept.pop(key, None)

    def claim(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """See the port."""
        with self._called("claim"):
            other, runs_out = self._leases.get(key, (holder, now))
            if other != holder and runs_out > now:
                return False
            self._leases[key] = (holder, until)
            return True

    def release(self, key: str, holder: str) -> None:
        """See the port."""
        with self._called("release"):
            if self._leases.get(key, ("", None))[0] == holder:
                del self._leases[key]

    def _called(self, name: str) -> threading.Lock:
        self.calls.append(name)
        if self.problem is not None:
            raise StorageFailed(self.problem)
        return self._lock

    def _forget(self) -> None:
        self._kept = {key: kept for key, kept in self._kept.items() if kept.read_at >= self._now() - UNREAD}
        for key, kept in list(self._kept.items()):
            if len(kept.entry.body) > self._most_bytes:
                del self._kept[key]
        while sum(len(kept.entry.body) for kept in self._kept.values()) > self._most_bytes:
            del self._kept[min(self._kept, key=lambda key: self._kept[key].read_at)]
