"""Time as a value: a clock that advances only when something sleeps."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Time(Protocol):
    """The source of `now` and `sleep` arguments."""

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
    """Records each wait while the time stands still, as if all waits began at the same moment."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The time it shows."""
        return NOW

    def sleep(self, seconds: float) -> None:
        """Only note it."""
        self.slept.append(seconds)
