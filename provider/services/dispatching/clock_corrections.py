"""Keep the wrong clock of one machine from making digests older, or from holding rebuilds up on all machines."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from provider.domain.times.wrong_clocks import MOST_SKEW, none_in_the_future, seen_at
from provider.ports import SnapshotStore
from proxy.http.clock_skew import ClockDifference


def observed_at(now: Callable[[], datetime], skew: Callable[[], ClockDifference | None]) -> datetime:
    """The time that a digest is first seen at if we see it now, by our clock and what is known of others."""
    known = skew()
    return seen_at(now(), known.by if known else None)


def correct_times(now: datetime, store: SnapshotStore, skew: ClockDifference | None) -> None:
    """Correct the times that a machine whose clock was ahead has noted, if our clock agrees with those of others."""
    if skew is None or abs(skew.by) > MOST_SKEW:
        return
    if none_in_the_future(now, store.read()).reasons:
        store.write(partial(none_in_the_future, now), "Correct times that a wrong clock has noted")
