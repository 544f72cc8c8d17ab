"""One fetch for many callers of one process."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from proxy.cache.entries import Cached, CacheEntry
from proxy.cache.rules import old_answer


class Flight:
    """A running fetch.

    Attributes:
        old: the entry that was cached when it began, once that is known.
        done: its result.
    """

    def __init__(self) -> None:
        self.old: Future[CacheEntry | None] = Future()
        self.done: Future[Cached] = Future()

    def give(self) -> Cached:
        """The old answer at once if there is one, otherwise the result of the fetch.

        Raises:
            Exception: the fetch raised it.
        """
        old = self.old.result()
        return self.done.result() if old is None else old_answer(old)


class Flights:
    """The running fetches, by key. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Flight] = {}

    def join(self, key: str, lead: Callable[[Flight], Cached]) -> Cached:
        """Get the answer of the running fetch, or run one.

        Args:
            key: identifies the answer.
            lead: called by the first caller; it sets the flight's `old` if other callers may use that meanwhile.

        Raises:
            Exception: `lead` raised it; every waiting caller gets it.
        """
        with self._lock:
            running = self._flights.get(key)
            if running is None:
                mine = self._flights[key] = Flight()
        return running.give() if running else self._lead(key, mine, lead)

    def _lead(self, key: str, flight: Flight, lead: Callable[[Flight], Cached]) -> Cached:
        try:
            answer = lead(flight)
        except BaseException as error:
            self._land(key, flight)
            flight.done.set_exception(error)
            raise
        self._land(key, flight)
        flight.done.set_result(answer)
        return answer

    def _land(self, key: str, flight: Flight) -> None:
        with self._lock:
            del self._flights[key]
        if not flight.old.done():
            flight.old.set_result(None)
