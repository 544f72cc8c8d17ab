"""How often the runs of one group of builds are asked for. Pure."""

from datetime import timedelta

SHORTEST = timedelta(seconds=15)
LONGEST = timedelta(minutes=2)
AFTER_HEARD = timedelta(minutes=5)
"""The pause where webhooks report runs: what they do not report is found all the same."""

# A build that has run for long may take much longer: to learn its end an eighth of that time late is soon enough.
_PART = 8
_HOUR = timedelta(hours=1)


def pause(age: timedelta, groups: int, hourly: int, *, heard: bool, longest: timedelta = AFTER_HEARD) -> timedelta:
    """The time between two requests for the runs of a group.

    Args:
        age: for how long the youngest build of the group has been running.
        groups: how many groups share the hourly requests.
        hourly: the most requests in an hour, for all groups together.
        heard: whether webhooks report the runs of this group.
        longest: the longest time that is set between two requests; only the hourly requests may need a longer one.
    """
    by_age = min(max(age / _PART, SHORTEST), LONGEST)
    wanted = max(by_age, AFTER_HEARD) if heard else by_age
    return max(min(wanted, longest), _HOUR * groups / hourly)
