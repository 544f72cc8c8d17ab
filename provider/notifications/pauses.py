"""How long a queue waits between two tries. Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPauses:
    """RetryPauses that double with every failure in a row, up to the longest."""

    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """The pause after this many failures in a row, at least one."""
        return min(self.first * (1 << min(failures - 1, 10)), self.longest)


OUTAGES = RetryPauses(timedelta(seconds=10), timedelta(minutes=10))
"""While a channel does not answer."""

STOPS = RetryPauses(timedelta(seconds=30), timedelta(minutes=15))
"""While a channel takes no messages because of its configuration."""
