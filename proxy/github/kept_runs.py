"""What is kept about runs, and asked anew after one was run again."""

import threading
from collections.abc import Callable
from datetime import datetime

from proxy.cache import Cache, Cached, CacheEntry, Confirmed, Fetched


class KeptRuns:
    """The cache for what is about a repository's runs. Safe to use from many threads.

    Args:
        cache: keeps the answers.
        now: the time, in UTC; the cache's own.
    """

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache = cache
        self._now = now
        self._lock = threading.Lock()
        self._changed: dict[str, datetime] = {}

    def changed(self, repository: str) -> None:
        """A run of this repository was run again: what was kept before is asked anew when somebody wants it.

        This process knows at once; another's answers are as old as they may be.
        """
        with self._lock:
            self._changed[repository.lower()] = self._now()

    def get(
        self,
        repository: str,
        key: str,
        fetch: Callable[[CacheEntry | None], Fetched | Confirmed],
        *,
        refresh: bool = False,
    ) -> Cached:
        """As `Cache.get`, of this repository."""
        found = self._cache.get(key, fetch, refresh=refresh)
        with self._lock:
            changed = self._changed.get(repository.lower())
        if changed is None or found.stale or found.fetched_at > changed:
            return found
        return self._cache.get(key, fetch, refresh=True)
