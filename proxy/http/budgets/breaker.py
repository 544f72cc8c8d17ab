"""Pauses requests to a host, or to one repository of it, that fails. Reads no clock: times come in."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Pauses:
    """When a breaker pauses, and for how long.

    Attributes:
        failures_in_a_row: after this number of failures without an answer between them.
        first: the length of the first pause.
        longest: without an answer between them, each pause is twice as long as the one before, up to this length.
    """

    failures_in_a_row: int
    first: timedelta
    longest: timedelta


OF_HOST = Pauses(5, timedelta(seconds=30), timedelta(minutes=5))
"""For a host. Its longest pause is short, because it stops everything that the host has."""

OF_REPOSITORY = Pauses(1, timedelta(minutes=1), timedelta(minutes=30))
"""For one repository of a host: nothing else waits for it."""


@dataclass(frozen=True, slots=True)
class HostPause:
    """No requests before `until`.

    Attributes:
        until: in UTC.
        cause: for a message.
        by_host: the host itself named the time; otherwise this service chose it, and the host may recover earlier.
    """

    until: datetime
    cause: str
    by_host: bool


class Breaker:
    """The failures and the pause of one host or repository. Safe to use from many threads.

    Args:
        pauses: their number of failures and their lengths.
    """

    def __init__(self, pauses: Pauses = OF_HOST) -> None:
        self._numbers = pauses
        self._failed_parts: set[str] = set()
        self._lock = threading.Lock()
        self._failures = 0
        self._pauses = 0
        self._pause: HostPause | None = None

    def pause(self, now: datetime) -> HostPause | None:
        """The pause that applies now; None if requests may be sent."""
        pause = self._pause
        return pause if pause and now < pause.until else None

    def answered(self) -> None:
        """Note that the host answered, even with a refusal. A pause stays until its end."""
        with self._lock:
            self._failures = self._pauses = 0
            self._failed_parts.clear()

    def failed(self, now: datetime, cause: str, part: str | None = None) -> None:
        """Note that the host gave no usable answer; several failures in a row pause it.

        Args:
            now: the time.
            cause: for a message.
            part: what of the host failed. In one row, each part counts once: a part that keeps failing says little
                about the others. None: the host itself, which counts each time.
        """
        with self._lock:
            # Requests that were under way when the pause began are part of the same outage.
            if self.pause(now):
                return
            if part is not None and part in self._failed_parts:
                return
            if part is not None:
                self._failed_parts.add(part)
            self._failures += 1
            if self._failures >= self._numbers.failures_in_a_row:
                length = min(self._numbers.first * (1 << min(self._pauses, _MOST_DOUBLINGS)), self._numbers.longest)
                self._pause = HostPause(now + length, cause, by_host=False)
                self._failures = 0
                self._failed_parts.clear()
                self._pauses += 1

    def pause_until(self, until: datetime, cause: str) -> None:
        """Note that the host named a time to retry; the later of two such times applies."""
        with self._lock:
            self._failures = 0
            self._failed_parts.clear()
            if self._pause is None or not self._pause.by_host or self._pause.until < until:
                self._pause = HostPause(until, cause, by_host=True)
