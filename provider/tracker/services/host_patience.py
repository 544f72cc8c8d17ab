"""Which hosts are not polled for a while: those that named a time to retry, and those that do not answer."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from catalog.times import utc_time
from provider.tracker.decisions.outcomes import PollFailure
from proxy.errors import NotNow, Unavailable
from proxy.http.budgets.breaker import Breaker, HostPause


@dataclass(slots=True)
class HostPatience:
    """A breaker for each host that failed, kept in memory while this process runs. Safe for threads."""

    _breakers: dict[str, Breaker] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def answered(self, host: str) -> None:
        """Note that the host answered, even with a refusal."""
        if breaker := self._breakers.get(host):
            breaker.answered()

    def failed(self, host: str, now: datetime, error: NotNow) -> None:
        """Note that the host named a time to retry, or gave no usable answer."""
        with self._lock:
            breaker = self._breakers.setdefault(host, Breaker())
        if error.retry_at is not None and error.retry_at > now:
            breaker.pause_until(error.retry_at, str(error))
        else:
            breaker.failed(now, str(error))

    def limited(self, host: str, now: datetime, error: NotNow) -> bool:
        """Whether the host names a time to retry, and had named none that is still to come."""
        pause = self._pause(host, now)
        return error.retry_at is not None and error.retry_at > now and not (pause and pause.by_host)

    def check(self, host: str, now: datetime) -> None:
        """Allow a poll that a person requests, unless the host itself named a time to retry.

        A pause that this service chose does not apply: the host may have recovered.

        Raises:
            Unavailable: the host must not be polled before `retry_at`.
        """
        pause = self._pause(host, now)
        if pause is not None and pause.by_host:
            raise Unavailable(_message(host, pause), pause.until)

    def paused(self, host: str, now: datetime) -> PollFailure | None:
        """The failure to record for a repository whose host is paused; None if it may be polled."""
        pause = self._pause(host, now)
        return PollFailure(_message(host, pause), pause.until, by_host=pause.by_host) if pause else None

    def _pause(self, host: str, now: datetime) -> HostPause | None:
        breaker = self._breakers.get(host)
        return breaker.pause(now) if breaker else None


def _message(host: str, pause: HostPause) -> str:
    until = utc_time(pause.until)
    return f"{host} is not polled before {until}, because the poll of another repository failed: {pause.cause}"
