"""When the digest of each image is checked, and in which order. Pure.

Checked means answered: what was kept back, by a pause or because a round ended, has not been checked. It keeps its
place in the order, so that each round goes on where the last one stopped. After a failure the next check is minutes
away.
"""

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

Checked = TypeVar("Checked", bound=Hashable)

FIRST_RETRY = timedelta(minutes=2)
LONGEST_RETRY = timedelta(hours=1)
HEARD_LATELY = timedelta(days=1)
"""For this time after the last webhook about a registry, its managed images are checked less often."""
LONGEST_REST = timedelta(hours=2)
_REST = 4
_MOST_DOUBLINGS = 10
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CheckTimes:
    """What is known about the checks of one image.

    Attributes:
        asked: when it was last checked, even if the check failed; None: never.
        failures: the number of failed checks since the last one that succeeded.
        not_before: the time of the next check where a failure or a pause decides it; None: the pace decides it.
    """

    asked: datetime | None = None
    failures: int = 0
    not_before: datetime | None = None

    def failed(self, now: datetime, pace: timedelta, retry_at: datetime | None) -> "CheckTimes":
        """After a check that failed: the next one is after a growing pause, and not before the time that was named.

        Args:
            now: the time of the check.
            pace: the longest time between two checks; no pause is longer.
            retry_at: the earliest time of the next request; None if it is not known.
        """
        pause = min(FIRST_RETRY * (1 << min(self.failures, _MOST_DOUBLINGS)), LONGEST_RETRY, pace)
        return CheckTimes(now, self.failures + 1, max(now + pause, retry_at or now))

    def kept_back(self, retry_at: datetime | None) -> "CheckTimes":
        """After a check that was not made: it keeps its place, and is made from `retry_at` on (None: soon)."""
        return replace(self, not_before=retry_at)

    def due(self, now: datetime, pace: timedelta) -> bool:
        """Whether it is to be checked now."""
        if self.not_before is not None:
            return now >= self.not_before
        # A check in the future was noted before the clock was set back.
        return self.asked is None or not timedelta() <= now - self.asked < pace

    def next_at(self, now: datetime, pace: timedelta) -> datetime:
        """When the next check is due; now where it is due already."""
        following = now if self.asked is None else self.asked + pace
        return max(now, following if self.not_before is None else self.not_before)


NEVER = CheckTimes()


def is_resting(now: datetime, heard: datetime | None) -> bool:
    """Whether webhooks report what changes in a registry, so that its managed images are checked less often.

    Args:
        now: the time.
        heard: when a webhook last reported an image of the registry; None: never.
    """
    return heard is not None and timedelta() <= now - heard < HEARD_LATELY


def resting(pace: timedelta) -> timedelta:
    """The longest time between two checks of a managed image while webhooks report its changes."""
    return max(pace, min(_REST * pace, LONGEST_REST))


def succeeded(now: datetime) -> CheckTimes:
    """After a check that succeeded."""
    return CheckTimes(now)


def due_checks(
    now: datetime, paces: Mapping[Checked, timedelta], times: Mapping[Checked, CheckTimes], turn: int
) -> list[Checked]:
    """What is to be checked now, the oldest check first.

    Args:
        now: the time.
        paces: what is tracked, with the longest time between two checks.
        times: of what was checked or kept back before.
        turn: a number that differs from round to round. It decides among checks of the same age, so that nothing is the
            last of them for ever.
    """
    due = [each for each, pace in paces.items() if times.get(each, NEVER).due(now, pace)]
    # Sorting keeps the order of checks of the same age.
    due.sort(key=lambda each: hashlib.sha256(f"{turn} {each}".encode()).digest())
    return sorted(due, key=lambda each: times.get(each, NEVER).asked or _BEFORE_ALL)
