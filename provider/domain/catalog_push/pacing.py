"""When Backstage is asked to read the catalog again, because it has changed: a push. Pure.

The first change is pushed at once. Changes that follow quickly share a push, and one push always follows the last
change, because a push counts only for the catalog that readers saw before it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PACE = timedelta(seconds=1)
"""The shortest time between two pushes."""

LONGEST_PAUSE = timedelta(minutes=2)
"""The longest time between two pushes after failures: Backstage reads by itself about as often."""

REPEATED = 6
"""After this number of failures in a row, a minute, a failure is a problem: a start of Backstage takes less."""

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_RUN_PAUSE = timedelta(seconds=4)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Pushes:
    """What was pushed, and how the last requests ended.

    Attributes:
        pushed: the tag of the catalog that Backstage was last asked to read; None: it may have read another one since
            then, or nothing is known.
        failures: how many requests in a row failed.
        running: how many requests in a row met a run of Backstage's task that had begun before.
        tried_at: when the last request was sent; None: not known.
        pause: how long after it no other one is sent.
    """

    pushed: str | None = None
    failures: int = 0
    running: int = 0
    tried_at: datetime | None = None
    pause: timedelta = PACE

    @property
    def troubled(self) -> bool:
        """Whether so many requests in a row failed that people should know."""
        return self.failures >= REPEATED


def seen(tag: str, pushes: Pushes) -> Pushes:
    """After readers were seen to get the catalog with this tag.

    Backstage may read another catalog than the pushed one as soon as there is one, so that it needs a push also if the
    catalog becomes again what it was.
    """
    return pushes if tag == pushes.pushed else replace(pushes, pushed=None)


def is_due(now: datetime, pushes: Pushes) -> bool:
    """Whether a request is sent now.

    Args:
        now: the current time.
        pushes: the last ones. A last one in the future, after the clock was set back, holds nothing up.
    """
    if pushes.pushed is not None:
        return False
    return pushes.tried_at is None or not timedelta() <= now - pushes.tried_at < pushes.pause


def taken(now: datetime, tag: str) -> Pushes:
    """After Backstage took the push of the catalog with this tag."""
    return Pushes(tag, tried_at=now)


def met_a_run(now: datetime, pushes: Pushes) -> Pushes:
    """After the task of Backstage was running already; it may have read the catalog before the change."""
    pause = min(PACE * _doubled(pushes.running), _LONGEST_RUN_PAUSE)
    return replace(pushes, failures=0, running=pushes.running + 1, tried_at=now, pause=pause)


def failed(now: datetime, pushes: Pushes, retry_at: datetime | None = None) -> Pushes:
    """After a failure; `retry_at` is when Backstage allows the next request, if it says so."""
    pause = min(_FIRST_PAUSE * _doubled(pushes.failures), LONGEST_PAUSE)
    if retry_at is not None:
        pause = min(max(pause, retry_at - now), LONGEST_PAUSE)
    return replace(pushes, failures=pushes.failures + 1, running=0, tried_at=now, pause=pause)


def _doubled(times: int) -> int:
    return 1 << min(times, _MOST_DOUBLINGS)
