"""Percentiles of durations."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from provider.domain.records.durations import Durations, durations_of

SECONDS = st.lists(st.integers(0, 10**9))


def test_without_rebuilds_there_are_no_durations() -> None:
    """They are not zero: nothing is known."""
    assert durations_of([]) == Durations(0)


def test_a_percentile_is_one_of_the_durations() -> None:
    """By nearest rank: at least so many percent do not exceed it."""
    ten = durations_of([10, 1, 2, 3, 4, 5, 6, 7, 8, 9])

    assert ten == Durations(10, timedelta(seconds=5), timedelta(seconds=9), timedelta(seconds=10))
    assert durations_of([3]) == Durations(1, *[timedelta(seconds=3)] * 3)


@given(SECONDS.filter(bool))
def test_percentiles_split_the_durations_as_they_say(seconds: list[int]) -> None:
    """At least half are at most the median, and less than half are below it; likewise for ninety percent."""
    found = durations_of(seconds)

    for value, percent in ((found.median, 50), (found.ninetieth, 90)):
        assert value is not None
        limit = value.total_seconds()
        assert limit in seconds
        assert sum(each <= limit for each in seconds) * 100 >= percent * len(seconds)
        assert sum(each < limit for each in seconds) * 100 < percent * len(seconds)
    assert found.longest == timedelta(seconds=max(seconds))
    assert found.median is not None
    assert found.ninetieth is not None
    assert found.median <= found.ninetieth <= found.longest


@given(SECONDS, st.randoms())
def test_the_order_of_durations_changes_nothing(seconds: list[int], chance: Random) -> None:
    """They come from a database in any order."""
    other = list(seconds)
    chance.shuffle(other)

    assert durations_of(other) == durations_of(seconds)
