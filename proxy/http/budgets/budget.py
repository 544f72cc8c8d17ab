"""How many requests a registry gets: a rate (`allowance.py`), a limit of concurrent ones, breakers (`breaker.py`).

A failing repository closes itself, not its registry. The registry closes when it names a time to retry, or when several
different repositories fail in a row.

Reads no clock and never sleeps: times come in, waits go out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from catalog.times import utc_time
from proxy.errors import KeptBack
from proxy.http.budgets.allowance import MakeAllowance, OwnAllowance, Rate
from proxy.http.budgets.breaker import OF_HOST, OF_REPOSITORY, Breaker, HostPause
from proxy.http.budgets.fair_slots import FairSlots
from proxy.http.retry_after import MOST, parse_limit, wait_of

DEFAULT_WAIT = timedelta(seconds=60)
LONGEST_CLOSED = timedelta(minutes=15)
"""A registry that requires a longer wait is asked again after this time, because one repository may be the cause."""

_REQUIRED_WAIT = "it required a wait"
_NO_ANSWER = f"{OF_HOST.failures_in_a_row} requests in a row failed"
_FAILED = "the last request failed"
_LONGEST_WINDOW = timedelta(days=1)
# Of a small limit, at most this part is reserved.
_RESERVE_PART = 5
_REFUSALS = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


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


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """The limit of requests that a registry names, such as `ratelimit-remaining: 76;w=21600`.

    Attributes:
        remaining: how many are left.
        limit: how many the window has.
        reset: when as many are permitted again, in UTC.
    """

    remaining: int
    limit: int
    reset: datetime


class Budget:
    """One registry's budget. Safe to use from many threads.

    Some registries count only some requests against their limit (Docker Hub: GET of a manifest, not HEAD). `counted`
    says whether a request is one of them; a used-up limit stops only those. `repository` is what a request is about;
    None for one that is about the registry.

    Args:
        limits: of the host.
        name: of the host that gets the requests, by which all processes know it.
        make_allowance: gives the host its rate: of this process alone, or of all that share it.

    Attributes:
        name: of the host that gets the requests.
        slots: one is held during each request.
        limit: as the last answer named it; None: none was named.
    """

    def __init__(self, limits: Limits, name: str, make_allowance: MakeAllowance = OwnAllowance) -> None:
        self.limits = limits
        self.slots = FairSlots(limits.concurrency)
        self.name = name
        self._allowance = make_allowance(name, Rate(limits.rate, limits.burst)) if limits.rate is not None else None
        self._breaker = Breaker()
        self.limit: RequestLimit | None = None
        self._spent_until: datetime | None = None
        self._repositories: dict[str, Breaker] = {}

    def admit(self, now: datetime, *, counted: bool = True, repository: str | None = None) -> float:
        """Take one request out of the budget.

        Returns:
            Seconds to wait before it is sent.

        Raises:
            KeptBack: no request may be sent before `retry_at`.
        """
        self.check_open(now, counted=counted, repository=repository)
        return self._allowance.take(now) if self._allowance else 0.0

    def check_open(self, now: datetime, *, counted: bool = True, repository: str | None = None) -> None:
        """Raise unless a request may be sent now.

        Raises:
            KeptBack: no request may be sent before `retry_at`.
        """
        if pause := self._breaker.pause(now):
            raise KeptBack(_pause(self.name, pause.cause, pause.until), pause.until)
        if counted and self._spent_until and now < self._spent_until:
            raise KeptBack(
                _pause(self.name, "its request limit is nearly used up", self._spent_until), self._spent_until
            )
        closed = self._repositories.get(repository) if repository else None
        if closed and (pause := closed.pause(now)):
            raise KeptBack(_pause(f"{self.name}/{repository}", pause.cause, pause.until), pause.until)

    def observe(
        self, status: int, headers: Mapping[str, str], now: datetime, *, counted: bool = True, shared: bool = True
    ) -> None:
        """Note an answer: a 429 or 503, or a low `ratelimit-remaining`, closes the budget for some time.

        Args:
            status: of the answer.
            headers: of the answer.
            now: the time.
            counted: see the class.
            shared: whether a 429 or 503 concerns the whole registry even if it names no time. Otherwise the caller
                notes what it means for its repository, with `answered` or `failed`.
        """
        if shared:
            self.answered()
        if "ratelimit-remaining" in headers:
            self._observe_limit(headers, now)
        if status in _REFUSALS and (wait := wait_of(headers, now) or (DEFAULT_WAIT if shared else None)):
            until = now + min(wait, LONGEST_CLOSED)
            if counted and status == HTTPStatus.TOO_MANY_REQUESTS:
                self.spent(until)
            else:
                self._breaker.pause_until(until, _REQUIRED_WAIT)

    def answered(self, repository: str | None = None) -> None:
        """Note an answer that is not a failure."""
        self._breaker.answered()
        if repository:
            self._repositories.pop(repository, None)

    def spent(self, until: datetime) -> None:
        """Note an answer by which the registry's own limit is used up until then."""
        self.answered()
        self._spent_until = _later(self._spent_until, until)

    def failed(self, now: datetime, repository: str | None = None, until: datetime | None = None) -> None:
        """Note that a request failed: it closes its repository, and several in a row close the budget for some time.

        Args:
            now: the time.
            repository: that failed; None if the registry could not be reached at all.
            until: the time that the registry named for the next request; None: a growing pause.
        """
        self._breaker.failed(now, _NO_ANSWER, repository)
        if repository is None:
            return
        closed = self._repositories.setdefault(repository, Breaker(OF_REPOSITORY))
        if until is None:
            closed.failed(now, _FAILED)
        else:
            closed.pause_until(until, _REQUIRED_WAIT)

    def paused(self, now: datetime) -> HostPause | None:
        """The pause of the whole registry; None while its requests are sent."""
        return self._breaker.pause(now)

    def retry_at(self, now: datetime, *, counted: bool = True, repository: str | None = None) -> datetime | None:
        """When the next request may be sent; None if one may be sent now."""
        breakers = (self._breaker, self._repositories.get(repository) if repository else None)
        pauses = (breaker.pause(now) for breaker in breakers if breaker)
        times = [self._spent_until if counted else None, *(pause.until for pause in pauses if pause)]
        return max((time for time in times if time and time > now), default=None)

    def _observe_limit(self, headers: Mapping[str, str], now: datetime) -> None:
        remaining = parse_limit(headers["ratelimit-remaining"])
        if remaining is None:
            return
        limit = parse_limit(headers.get("ratelimit-limit", ""))
        reserve = min(self.limits.reserve, limit[0] // _RESERVE_PART) if limit else self.limits.reserve
        window = remaining[1] or (limit[1] if limit else None) or DEFAULT_WAIT
        number = max(limit[0] if limit else 0, remaining[0])
        self.limit = RequestLimit(remaining[0], number, now + min(window, _LONGEST_WINDOW))
        self._spent_until = None if remaining[0] > reserve else now + min(window, MOST)


def _later(one: datetime | None, other: datetime) -> datetime:
    return max(one, other) if one else other


def _pause(name: str, why: str, until: datetime) -> str:
    return f"no requests go to {name} before {utc_time(until)}: {why}"
