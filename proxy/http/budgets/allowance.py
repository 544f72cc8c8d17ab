"""The requests that a host gets in a time: a token bucket, of this process alone or of all that share it."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_PAUSE = timedelta(seconds=30)
# No number of processes owes so many requests at a time.
_MOST_OWED = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests to one host.

    Attributes:
        per_second: in the long run.
        burst: that may be sent at once after a pause.
    """

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a rate at a time.

    Attributes:
        left: requests that may be sent at once; below zero: so many wait.
        at: seconds since 1970.
    """

    left: float
    at: float

    @classmethod
    def full(cls, rate: Rate, at: float) -> Self:
        """The bucket of a host that was not asked for a while."""
        return cls(float(rate.burst), at)

    def possible(self, rate: Rate) -> bool:
        """Whether requests can have led to it; one that was read from outside may be damaged."""
        return math.isfinite(self.at) and -_MOST_OWED <= self.left <= rate.burst

    def taken(self, rate: Rate, at: float) -> Self:
        """The bucket after one request; a clock that was set back adds nothing and removes nothing."""
        gained = max(0.0, at - self.at) * rate.per_second
        return type(self)(min(float(rate.burst), self.left + gained) - 1, at)

    def wait(self, rate: Rate) -> float:
        """Seconds until the last request that was taken may be sent."""
        return max(0.0, -self.left / rate.per_second)


class HostAllowance(Protocol):
    """The requests to one host. Safe to use from many threads."""

    def take(self, now: datetime) -> float:
        """Take one request; returns the seconds to wait before it is sent."""


class OwnAllowance:
    """The requests of this process alone."""

    def __init__(self, name: str, rate: Rate) -> None:  # noqa: ARG002 - a factory of allowances
        self._rate = rate
        self._lock = threading.Lock()
        self._bucket: Bucket | None = None

    def take(self, now: datetime) -> float:
        """See the port."""
        at = now.timestamp()
        with self._lock:
            before = self._bucket or Bucket.full(self._rate, at)
            self._bucket = before.taken(self._rate, at)
            return self._bucket.wait(self._rate)


Allowances = Callable[[str, Rate], HostAllowance]
"""The allowance of the host of this name, with its rate."""

TakeShared = Callable[[str, Rate, datetime], Bucket | None]
"""Takes one request to the host of this name from what all processes share.

Returns the bucket after it; None if this process shares nothing. Raises whatever the common record raises.
"""


class SharedAllowance:
    """The requests of all processes; while they have no common record, those of this process alone.

    After a failure the record is not used for 30 seconds, because what holds it up may do so again. The first failure
    is logged; a further one only after the record has worked again.

    Args:
        name: of the host.
        rate: of all processes together.
        take: takes a request from the common record.
    """

    def __init__(self, name: str, rate: Rate, take: TakeShared) -> None:
        self._name = name
        self._rate = rate
        self._take = take
        self._own = OwnAllowance(name, rate)
        self._resume_at: datetime | None = None
        self._logged = False

    def take(self, now: datetime) -> float:
        """See the port."""
        if self._resume_at and self._resume_at - _PAUSE <= now < self._resume_at:
            return self._own.take(now)
        try:
            bucket = self._take(self._name, self._rate, now)
        except Exception as error:  # noqa: BLE001 - whatever fails, requests go on
            self._failed(now, error)
            return self._own.take(now)
        self._resume_at, self._logged = None, False
        return bucket.wait(self._rate) if bucket else self._own.take(now)

    def _failed(self, now: datetime, error: Exception) -> None:
        self._resume_at = now + _PAUSE
        if not self._logged:
            self._logged = True
            _log.warning(
                "shared_allowance_failed",
                "Requests to {host} are counted for this process alone, until the count of all processes works again: "
                "{error}",
                host=self._name,
                # What follows may be a statement of the database.
                error=str(error).partition("\n")[0],
            )
