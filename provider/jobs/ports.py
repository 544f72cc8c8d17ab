"""What runs when: the port.

A run is a wake-up and no more: what has to be done is read from the state of things when it runs. So a run may be lost,
repeated or come late without anything being wrong afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Period:
    """Something that is done again and again.

    Attributes:
        name: short and stable, for example `sync`; it is part of the stored keys.
        every: the longest time from the start of a run to the start of the next.
        run: does it; must be idempotent, since a run that was cut off is run again from its beginning.
    """

    name: str
    every: timedelta
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class PeriodFailure:
    """The last run of a period in this process ended with this error, at this time (UTC)."""

    at: datetime
    error: Exception


class Jobs(Protocol):
    """Runs periods: at most one run of a period at a time, in however many processes."""

    def start(self, periods: Sequence[Period]) -> None:
        """Begin to run the periods; with none of them, this process only wakes those of other processes.

        Raises:
            provider.errors.JobsInUse: another process has this executor id, or this process has started jobs already.
        """

    def wake(self, name: str, after: timedelta = NOW) -> None:
        """Run a period soon, or no later than `after` from now.

        Wakes coalesce: however many come before it runs are one run; one that comes while it runs is one more run
        afterwards. What was asked is stored when this returns.
        """

    def stop(self, timeout: timedelta) -> bool:
        """Begin no more runs and wait for those in progress; tells whether all of them ended in time."""

    def failures(self) -> Mapping[str, PeriodFailure]:
        """The periods whose last run in this process failed, by name."""
