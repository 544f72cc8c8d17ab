"""The order of polls: hosts take turns, with few polls of one host at the same time. Thread-safe."""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence

from provider.tracker.decisions.repository import Tracked


class PollTurns:
    """A queue per host. Threads take a turn from it and return it when they are done.

    Args:
        at_once: how many repositories of one host may be polled at the same time.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._waiting: OrderedDict[str, deque[Tracked]] = OrderedDict()
        self._active: Counter[str] = Counter()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, host: str, tracked: Tracked) -> None:
        """Queue a repository."""
        with self._changed:
            self._waiting.setdefault(host, deque()).append(tracked)
            self._changed.notify()

    def take(self) -> tuple[str, Tracked] | None:
        """Wait for the next repository and return it with its host; None after `close`."""
        with self._changed:
            while not self._closed:
                if host := self._free_host():
                    return host, self._next_of(host)
                self._changed.wait()
        return None

    def done(self, host: str) -> None:
        """Return the turn of a host."""
        with self._changed:
            self._active[host] -= 1
            self._changed.notify()

    def withdraw(self, host: str) -> Sequence[Tracked]:
        """Remove and return all repositories of the host that still wait."""
        with self._changed:
            return tuple(self._waiting.pop(host, ()))

    def close(self) -> None:
        """Give out no more turns."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _free_host(self) -> str | None:
        # At most as many hosts are busy as there are threads, so this skips few.
        return next((host for host in self._waiting if self._active[host] < self._at_once), None)

    def _next_of(self, host: str) -> Tracked:
        waiting = self._waiting[host]
        tracked = waiting.popleft()
        self._active[host] += 1
        if waiting:
            self._waiting.move_to_end(host)
        else:
            del self._waiting[host]
        return tracked
