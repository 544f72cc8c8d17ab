"""The port for periodic jobs.

A run is only a wake-up: it reads from the current state what has to be done. So a run can be lost, repeated or late
without any wrong result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Period:
    """A job that runs periodically.

    Attributes:
        name: short and stable, for example `sync`; part of the stored keys.
        every: the longest time between the starts of two runs.
        run: does the work; must be idempotent, because an interrupted run is repeated from its beginning.
    """

    name: str
    every: timedelta
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class PeriodFailure:
    """The error of the last run of a period in this process, and when it occurred (UTC)."""

    at: datetime
    error: Exception


class Jobs(Protocol):
    """Runs periods, at most one run of a period at a time across all processes."""

    def start(self, periods: Sequence[Period]) -> None:
        """Start to run the periods; without periods, this process only wakes those of other processes.

        Raises:
            provider.errors.JobsInUse: another process has this executor id, or this process has already started jobs.
        """

    def wake(self, name: str, after: timedelta = NOW) -> None:
        """Run a period soon, or no later than `after` from now.

        Wake-ups coalesce: all that arrive before a run starts share that run; one that arrives during a run leads to
        one more run. The wake-up is stored when this returns.
        """

    def stop(self, timeout: timedelta) -> bool:
        """Start no more runs and wait for those in progress; returns whether all of them ended in time."""

    def failures(self) -> Mapping[str, PeriodFailure]:
        """The failures of periods whose last run in this process failed, by name."""
