"""One fetch for many askers of one process."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from proxy.cache.entries import Cached, CacheEntry
from proxy.cache.rules import old_answer


class Flight:
    """A fetch that runs.

    Attributes:
        old: what was kept when it began, as soon as that is known.
        done: what came of it.
    """

    def __init__(self) -> None:
        self.old: Future[CacheEntry | None] = Future()
        self.done: Future[Cached] = Future()

    def give(self) -> Cached:
        """The old answer at once where there is one, else what comes of the fetch.

        Raises:
            Exception: what the fetch raised.
        """
        old = self.old.result()
        return self.done.result() if old is None else old_answer(old)


class Flights:
    """The fetches that run, by key. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Flight] = {}

    def join(self, key: str, lead: Callable[[Flight], Cached]) -> Cached:
        """Be given what the fetch under way gives, or lead one.

        Args:
            key: identifies the answer.
            lead: called by the first asker; it sets the flight's `old` where others may use that meanwhile.

        Raises:
            Exception: what `lead` raised, to all who waited for it.
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
