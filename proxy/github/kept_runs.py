"""Cached answers about runs, which are fetched again after a run was run again."""

import threading
from collections.abc import Callable
from datetime import datetime

from proxy.cache import Cache, Cached, CacheEntry, Confirmed, Fetched


class KeptRuns:
    """The cache for answers about a repository's runs. Safe to use from many threads.

    Args:
        cache: keeps the answers.
        now: the time, in UTC; the same function as the cache's.
    """

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache = cache
        self._now = now
        self._lock = threading.Lock()
        self._changed: dict[str, datetime] = {}

    def changed(self, repository: str) -> None:
        """Note that a run of this repository was run again: older cached answers are fetched again when requested.

        Other processes do not know it; they use their answers while those are fresh.
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
        """Like `Cache.get`, for an answer about this repository."""
        found = self._cache.get(key, fetch, refresh=refresh)
        with self._lock:
            changed = self._changed.get(repository.lower())
        if changed is None or found.stale or found.fetched_at > changed:
            return found
        return self._cache.get(key, fetch, refresh=True)
