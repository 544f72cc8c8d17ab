"""How many requests a host gets per second: a token bucket."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self


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
        tokens: requests that may be sent at once; below zero: so many wait.
        at: seconds since 1970.
    """

    tokens: float
    at: float

    @classmethod
    def full(cls, rate: Rate, at: float) -> Self:
        """The bucket of a host that was not asked for a while."""
        return cls(float(rate.burst), at)

    def taken(self, rate: Rate, at: float) -> Self:
        """The bucket after one request; a clock that was set back adds nothing and removes nothing."""
        gained = max(0.0, at - self.at) * rate.per_second
        return type(self)(min(float(rate.burst), self.tokens + gained) - 1, at)

    def wait(self, rate: Rate) -> float:
        """Seconds until the last request that was taken may be sent."""
        return max(0.0, -self.tokens / rate.per_second)


class HostAllowance(Protocol):
    """The requests to one host. Safe to use from many threads."""

    def take(self, now: datetime) -> float:
        """Take one request; returns the seconds to wait before it is sent."""


class OwnAllowance:
    """The requests of this process alone."""

    def __init__(self, name: str, rate: Rate) -> None:  # noqa: ARG002 - a MakeAllowance
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


MakeAllowance = Callable[[str, Rate], HostAllowance]
"""Makes the allowance of the host of this name, with its rate."""
