"""How many requests one registry gets: a token bucket, a limit of concurrent requests, and a breaker (`breaker.py`).

Reads no clock and never sleeps: times come in, waits go out.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from catalog.times import utc_time
from proxy.errors import Unavailable
from proxy.http.breaker import FAILURES_IN_A_ROW, Breaker
from proxy.http.retry_after import MOST, parse_limit, wait_of

DEFAULT_WAIT = timedelta(seconds=60)
_REQUIRED_WAIT = "it required a wait"
_NO_ANSWER = f"it did not answer {FAILURES_IN_A_ROW} requests in a row"
# Of a small limit, at most this part is reserved.
_RESERVE_PART = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for requests to a kind of registry.

    Attributes:
        rate: requests per second in the long run; None: unlimited.
        burst: requests that may be sent at once after a pause.
        concurrency: requests at the same time.
        reserve: requests of the registry's own limit that are left for other users of the credentials.
    """

    rate: float | None
    burst: int
    concurrency: int
    reserve: int


POLITE = Limits(rate=10.0, burst=20, concurrency=8, reserve=20)
"""For public registries."""

OWN = Limits(rate=None, burst=0, concurrency=64, reserve=0)
"""For private registries."""


class Budget:
    """One registry's budget. Safe to use from many threads.

    Some registries count only some requests against their limit (Docker Hub: GET of a manifest, not HEAD). `counted`
    says whether a request is one of them; a used-up limit stops only those.

    Attributes:
        slots: one is held during each request.
    """

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.slots = threading.BoundedSemaphore(limits.concurrency)
        self._name = name
        self._lock = threading.Lock()
        self._tokens = float(limits.burst)
        self._filled_at: datetime | None = None
        self._breaker = Breaker()
        self._spent_until: datetime | None = None

    def admit(self, now: datetime, *, counted: bool = True) -> float:
        """Take one request out of the budget.

        Returns:
            Seconds to wait before it is sent.

        Raises:
            Unavailable: no request may be sent before `retry_at`.
        """
        self.check_open(now, counted=counted)
        if self.limits.rate is None:
            return 0.0
        with self._lock:
            self._fill(now, self.limits.rate)
            self._tokens -= 1
            return max(0.0, -self._tokens / self.limits.rate)

    def check_open(self, now: datetime, *, counted: bool = True) -> None:
        """Raise unless a request may be sent now.

        Raises:
            Unavailable: no request may be sent before `retry_at`.
        """
        if pause := self._breaker.pause(now):
            raise Unavailable(_pause(self._name, pause.cause, pause.until), pause.until)
        if counted and self._spent_until and now < self._spent_until:
            raise Unavailable(
                _pause(self._name, "its request limit is nearly used up", self._spent_until), self._spent_until
            )

    def observe(self, status: int, headers: Mapping[str, str], now: datetime, *, counted: bool = True) -> None:
        """Note an answer: a 429 or 503, or a low `ratelimit-remaining`, closes the budget for some time."""
        self.answered()
        if "ratelimit-remaining" in headers:
            self._observe_limit(headers, now)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            until = now + (wait_of(headers, now) or DEFAULT_WAIT)
            if counted:
                self.spent(until)
            else:
                self._breaker.pause_until(until, _REQUIRED_WAIT)
        elif status == HTTPStatus.SERVICE_UNAVAILABLE:
            self._breaker.pause_until(now + (wait_of(headers, now) or DEFAULT_WAIT), _REQUIRED_WAIT)

    def answered(self) -> None:
        """Note an answer that says nothing about the budget."""
        self._breaker.answered()

    def spent(self, until: datetime) -> None:
        """Note an answer by which the registry's own limit is used up until then."""
        self.answered()
        self._spent_until = _later(self._spent_until, until)

    def failed(self, now: datetime) -> None:
        """Note that the registry could not be reached; several failures in a row close the budget for some time."""
        self._breaker.failed(now, _NO_ANSWER)

    def retry_at(self, now: datetime, *, counted: bool = True) -> datetime | None:
        """When the next request may be sent; None if one may be sent now."""
        pause = self._breaker.pause(now)
        times = [pause.until if pause else None, self._spent_until if counted else None]
        return max((time for time in times if time and time > now), default=None)

    def _fill(self, now: datetime, rate: float) -> None:
        if self._filled_at is not None:
            # A clock that was set back adds no tokens and removes none.
            gained = max(0.0, (now - self._filled_at).total_seconds()) * rate
            self._tokens = min(float(self.limits.burst), self._tokens + gained)
        self._filled_at = now

    def _observe_limit(self, headers: Mapping[str, str], now: datetime) -> None:
        remaining = parse_limit(headers["ratelimit-remaining"])
        if remaining is None:
            return
        limit = parse_limit(headers.get("ratelimit-limit", ""))
        reserve = min(self.limits.reserve, limit[0] // _RESERVE_PART) if limit else self.limits.reserve
        if remaining[0] > reserve:
            self._spent_until = None
            return
        window = remaining[1] or (limit[1] if limit else None) or DEFAULT_WAIT
        self._spent_until = now + min(window, MOST)


def _later(one: datetime | None, other: datetime) -> datetime:
    return max(one, other) if one else other


def _pause(name: str, why: str, until: datetime) -> str:
    return f"no requests go to {name} before {utc_time(until)}: {why}"
