"""Time as a value: a clock that stands still until somebody sleeps."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Time(Protocol):
    """What `now` and `sleep` arguments come from."""

    def now(self) -> datetime:
        """The time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Clock:
    """A clock for `now` and `sleep` arguments.

    Attributes:
        slept: every wait in seconds, oldest first.
    """

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The time it shows."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Wait by moving the time."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.at.timestamp()


class StandingClock:
    """Notes each wait while the time stands still, as if all of them began at the same moment."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The time it shows."""
        return NOW

    def sleep(self, seconds: float) -> None:
        """Only note it."""
        self.slept.append(seconds)
