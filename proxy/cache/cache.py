"""The cache: fresh answers without a request, one fetch for many callers, the old answer while the upstream fails."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from proxy.cache.entries import Cached, CacheEntry, Confirmed, Fetched, KnownAnswer, Storage
from proxy.cache.flights import Flight, Flights
from proxy.cache.forgiving import ForgivingStorage
from proxy.cache.memory import Memory
from proxy.cache.rules import Held, after_answer, after_failure, applies, failed, held, newer, old_answer
from proxy.errors import Garbage, OutsideFailure
from proxy.places import may_wait, take_place

Fetch = Callable[[CacheEntry | None], Fetched | Confirmed]

LEASE = timedelta(seconds=30)
"""How long other processes wait for the process that began a fetch; a dead process's key is free after that."""

MEMORY = 64 * 1024 * 1024
# Seconds between two checks for another process's answer: the first pause, and the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


class Cache:
    """Answers by key, in memory and in a storage that processes share. Safe to use from many threads.

    `now` returns the time in UTC, `sleep` waits for a number of seconds. `counted` is called
    with `hit` for an answer without a request, `stale` for one that is old, and `miss` for a request.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        most_bytes: int = MEMORY,
        counted: Callable[[str], None] = lambda _outcome: None,
    ) -> None:
        self._counted = counted
        self._storage = ForgivingStorage(storage, now)
        self._now = now
        self._sleep = sleep
        self._memory = Memory(most_bytes)
        self._flights = Flights()

    def get(self, key: str, fetch: Fetch, *, refresh: bool = False) -> Cached:
        """The answer for this key: the cached one while it is fresh, otherwise what `fetch` returns.

        While a fetch runs, other callers get the old answer at once, marked `stale`; if there is none, they wait. After
        a failed fetch, callers get the old answer with its `problem` for 15 s, or until the error's `retry_at`, at most
        5 minutes.

        Args:
            key: identifies the answer completely; every caller that may use a key may see its answer.
            fetch: sends the request; its argument is the old entry, whose etag it sends along. It must not call this
                cache with the same key.
            refresh: fetch even if the answer is fresh; at most once in 5 s for each key.

        Raises:
            NotFound: `fetch` raised it; raised again for 15 s without a request.
            AddressRefused: likewise.
            OutsideFailure: `fetch` raised it and there is no old answer; raised again for 5 s without a request.
            NoPlace: this thread may not wait for another host now, and there is no old answer.
        """
        known = self._memory.get(key)
        if known is not None and applies(known, self._now(), refresh=refresh):
            self._counted("stale" if isinstance(known, Held) and known.answer.stale else "hit")
            return known.give()
        if not may_wait() and (old := self.known(key)):
            return old.answer
        take_place()
        return self._flights.join(key, lambda flight: self._lead(key, fetch, flight, refresh=refresh))

    def known(self, key: str) -> KnownAnswer | None:
        """What is cached for this key, however old, without a request; None if nothing is.

        Raises:
            OutsideFailure: a fetch failed a moment ago, and there is no old answer.
        """
        known = self._memory.get(key)
        if known is not None and applies(known, self._now(), refresh=False):
            return KnownAnswer(known.give(), due=False)
        entry = self._kept(key)
        if entry is None:
            return None
        answer = self._without_fetch(key, entry, refresh=False)
        return KnownAnswer(answer, due=False) if answer else KnownAnswer(old_answer(entry), due=True)

    def _lead(self, key: str, fetch: Fetch, flight: Flight, *, refresh: bool) -> Cached:
        known = self._memory.get(key)
        # Another fetch may have ended since the check in `get`.
        if known is not None and applies(known, self._now(), refresh=refresh):
            return known.give()
        entry = self._kept(key)
        if answer := self._without_fetch(key, entry, refresh=refresh):
            return answer
        flight.old.set_result(entry)
        holder = uuid4().hex
        if answer := self._wait_for_lease(key, holder, entry, refresh=refresh):
            return answer
        try:
            # Another process may have ended its fetch just before the lease became ours.
            entry = self._kept(key)
            return self._without_fetch(key, entry, refresh=refresh) or self._fetch(key, fetch, entry, refresh=refresh)
        finally:
            self._storage.release(key, holder)

    def _wait_for_lease(self, key: str, holder: str, entry: CacheEntry | None, *, refresh: bool) -> Cached | None:
        """The answer that another process fetched, or the old one; None once this process holds the lease."""
        give_up_at = self._now() + LEASE
        pause = _FIRST_PAUSE
        while not self._storage.claim(key, holder, self._now() + LEASE):
            if entry is not None:
                return old_answer(entry)
            # Clocks of two machines may disagree about when the lease runs out.
            if self._now() >= give_up_at:
                return None
            self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            entry = self._kept(key)
            if answer := self._without_fetch(key, entry, refresh=refresh):
                return answer
        return None

    def _kept(self, key: str) -> CacheEntry | None:
        """The newer entry of memory and storage: the storage may have lost it, or may not have stored it."""
        known = self._memory.get(key)
        return newer(known.entry if isinstance(known, Held) else None, self._storage.read(key))

    def _without_fetch(self, key: str, entry: CacheEntry | None, *, refresh: bool) -> Cached | None:
        if entry is None:
            return None
        known = held(entry)
        if not applies(known, self._now(), refresh=refresh):
            return None
        self._memory.put(key, known)
        self._counted("stale" if known.answer.stale else "hit")
        return known.answer

    def _fetch(self, key: str, fetch: Fetch, entry: CacheEntry | None, *, refresh: bool) -> Cached:
        self._counted("miss")
        try:
            answer = fetch(entry)
            renewed = after_answer(self._now(), entry, answer, refresh=refresh)
            if renewed is None:
                raise Garbage(f"{key}: the upstream answered 304, but no answer is cached; try again")
        except OutsideFailure as error:
            return self._fail(key, entry, error)
        return self._keep(key, renewed)

    def _fail(self, key: str, entry: CacheEntry | None, error: OutsideFailure) -> Cached:
        now = self._now()
        if entry is not None and (old := after_failure(now, entry, error)):
            return self._keep(key, old)
        self._memory.put(key, failed(now, error))
        if entry is not None:
            self._storage.remove(key)
        raise error

    def _keep(self, key: str, entry: CacheEntry) -> Cached:
        known = held(entry)
        self._memory.put(key, known)
        self._storage.write(key, entry)
        return known.answer
