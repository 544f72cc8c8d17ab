"""Which hosts must not be polled for a while: hosts that asked for it, and hosts that do not answer. Thread-safe."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.tracker.decisions.outcomes import PollFailure
from proxy.errors import NotNow, Unavailable

DOWN_AFTER = 5
"""Failed polls in a row after which a host is paused."""

PAUSE = timedelta(minutes=5)
"""How long a host that does not answer is paused."""


@dataclass(frozen=True, slots=True)
class _Pause:
    until: datetime
    cause: str
    by_host: bool


@dataclass(slots=True)
class HostPatience:
    """Pauses and failures of hosts, kept in memory while this process runs."""

    _paused: dict[str, _Pause] = field(default_factory=dict, init=False)
    _unanswered: Counter[str] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def answered(self, host: str) -> None:
        """Note that the host answered, even with a refusal."""
        with self._lock:
            self._unanswered.pop(host, None)

    def failed(self, host: str, now: datetime, error: NotNow) -> None:
        """Note that the host named a time to retry, or gave no usable answer."""
        with self._lock:
            self._unanswered[host] += 1
            until = error.retry_at
            if until is None and self._unanswered[host] >= DOWN_AFTER:
                until = now + PAUSE
            if until is not None and until > now:
                self._paused[host] = _Pause(until, str(error), by_host=error.retry_at is not None)
                del self._unanswered[host]

    def check(self, host: str, now: datetime) -> None:
        """Allow a poll that a person requests, unless the host itself named a time to retry.

        A pause that this service chose does not apply: the host may have recovered.

        Raises:
            Unavailable: the host must not be polled before `retry_at`.
        """
        pause = self.paused(host, now)
        with self._lock:
            by_host = host in self._paused and self._paused[host].by_host
        if pause is not None and by_host:
            raise Unavailable(pause.message, pause.retry_at)

    def paused(self, host: str, now: datetime) -> PollFailure | None:
        """The failure to record for a repository whose host is paused; None if it may be polled."""
        with self._lock:
            pause = self._paused.get(host)
            if pause is None:
                return None
            if pause.until <= now:
                del self._paused[host]
                return None
        when = pause.until.strftime("%Y-%m-%d %H:%M UTC")
        return PollFailure(
            f"{host} is not polled before {when}, because the poll of another repository failed: {pause.cause}",
            pause.until,
        )
