"""Pauses requests to a host that fails: one breaker with one set of numbers, for all hosts.

Reads no clock: times come in.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_IN_A_ROW = 5
"""After this number of failures without an answer between them, a host is paused."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
"""Without an answer between them, each pause is twice as long as the one before, up to this length."""

_MOST_DOUBLINGS = 10


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
    """The failures and the pause of one host. Safe to use from many threads."""

    def __init__(self) -> None:
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

    def failed(self, now: datetime, cause: str) -> None:
        """Note that the host gave no usable answer; several failures in a row pause it."""
        with self._lock:
            # Requests that were under way when the pause began are part of the same outage.
            if self.pause(now):
                return
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                length = min(FIRST_PAUSE * (1 << min(self._pauses, _MOST_DOUBLINGS)), LONGEST_PAUSE)
                self._pause = HostPause(now + length, cause, by_host=False)
                self._failures = 0
                self._pauses += 1

    def pause_until(self, until: datetime, cause: str) -> None:
        """Note that the host named a time to retry; the later of two such times applies."""
        with self._lock:
            self._failures = 0
            if self._pause is None or not self._pause.by_host or self._pause.until < until:
                self._pause = HostPause(until, cause, by_host=True)
