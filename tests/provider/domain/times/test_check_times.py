"""When digests are checked, and in which order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.times.check_times import (
    FIRST_RETRY,
    LONGEST_RETRY,
    NEVER,
    CheckTimes,
    due_checks,
    is_resting,
    resting,
    succeeded,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def test_a_check_is_due_after_its_pace() -> None:
    """What was never checked is due at once."""
    times = succeeded(NOW)

    assert NEVER.due(NOW, DAY)
    assert [times.due(NOW + after, DAY) for after in (timedelta(), DAY - MINUTE, DAY, 2 * DAY)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_clock_that_was_set_back_delays_no_check() -> None:
    """A check that seems to be made in the future is made again."""
    assert succeeded(NOW).due(NOW - MINUTE, DAY)


def test_after_a_failure_the_next_check_is_minutes_away() -> None:
    """The pauses grow from two minutes to an hour, also where the pace is a day; a success ends them."""
    times, now, minutes = NEVER, NOW, []
    for failures in range(1, 8):
        times = times.failed(now, DAY, None)
        assert times.not_before is not None
        assert (times.asked, times.failures) == (now, failures)
        assert not times.due(times.not_before - timedelta(seconds=1), DAY)
        assert times.due(times.not_before, DAY)
        minutes.append((times.not_before - now) // MINUTE)
        now = times.not_before

    assert minutes == [2, 4, 8, 16, 32, 60, 60]
    assert succeeded(now).failed(now, DAY, None).not_before == now + FIRST_RETRY


def test_no_pause_is_longer_than_the_pace() -> None:
    """What is checked every minute is checked every minute when it fails."""
    assert NEVER.failed(NOW, MINUTE, None).not_before == NOW + MINUTE
    assert CheckTimes(NOW, 1_000_000).failed(NOW, DAY, None).not_before == NOW + LONGEST_RETRY


@pytest.mark.parametrize(
    ("named", "next_check"),
    [(timedelta(hours=3), timedelta(hours=3)), (timedelta(seconds=5), FIRST_RETRY), (-DAY, FIRST_RETRY)],
)
def test_the_time_that_a_registry_named_is_kept(named: timedelta, next_check: timedelta) -> None:
    """It puts the next check off, and never brings it forward."""
    assert NEVER.failed(NOW, DAY, NOW + named).not_before == NOW + next_check


def test_what_was_kept_back_keeps_its_place() -> None:
    """It was not checked: it is due at the time that was named, and before those that were checked after it."""
    old, new = succeeded(NOW - 2 * DAY), succeeded(NOW - DAY)
    held = old.kept_back(NOW + MINUTE)

    assert (held.asked, held.failures) == (old.asked, old.failures)
    assert due_checks(NOW, {"a": DAY, "b": DAY}, {"a": held, "b": new}, 0) == ["b"]
    assert due_checks(NOW + MINUTE, {"b": DAY, "a": DAY}, {"a": held, "b": new}, 0) == ["a", "b"]
    assert old.kept_back(None).due(NOW, DAY)
    assert NEVER.kept_back(None) == NEVER


def test_the_oldest_check_is_first() -> None:
    """What was never checked comes before everything; a failed check counts as one."""
    times = {"new": succeeded(NOW - DAY), "old": succeeded(NOW - 2 * DAY), "failed": CheckTimes(NOW - 3 * DAY, 4)}
    paces = dict.fromkeys(["new", "old", "failed", "never", "fresh"], DAY)
    times["fresh"] = succeeded(NOW)

    assert due_checks(NOW, paces, times, 7) == ["never", "failed", "old", "new"]


def test_no_name_is_the_last_for_ever() -> None:
    """Among checks of the same age the order differs from round to round, and is the same within one."""
    names = dict.fromkeys("abcdefgh", DAY)
    rounds = [due_checks(NOW, names, {}, turn) for turn in range(60)]

    assert rounds[0] == due_checks(NOW, names, {}, 0)
    assert {order[0] for order in rounds} == set(names)
    assert {order[-1] for order in rounds} == set(names)
    assert all(sorted(order) == sorted(names) for order in rounds)


@given(
    st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=9),
    st.integers(1, 4),
    st.lists(st.booleans(), min_size=200, max_size=200),
)
def test_whoever_fails_everything_else_gets_its_turn(broken: list[str], at_once: int, outcomes: list[bool]) -> None:
    """Only a few are asked in each round, and some always fail: every other one is checked all the same."""
    now, times, checked, answers = NOW, dict[str, CheckTimes](), set[str](), iter(outcomes)
    paces = dict.fromkeys("abcdefghij", timedelta(minutes=15))
    for turn in range(40):
        for place, name in enumerate(due_checks(now, paces, times, turn)):
            if place >= at_once:
                times[name] = times.get(name, NEVER).kept_back(None)
            elif name in broken:
                named = now + 5 * MINUTE if next(answers, False) else None
                times[name] = times.get(name, NEVER).failed(now, paces[name], named)
            else:
                times[name] = succeeded(now)
                checked.add(name)
        now += MINUTE

    assert checked == set(paces) - set(broken)


@pytest.mark.parametrize(
    ("heard", "rests"),
    [
        (None, False),
        (timedelta(), True),
        (timedelta(hours=24) - timedelta(seconds=1), True),
        (timedelta(hours=24), False),
        (-timedelta(seconds=1), False),
    ],
)
def test_a_registry_rests_for_a_day_after_its_last_webhook(heard: timedelta | None, rests: bool) -> None:
    """A time in the future was noted before the clock was set back."""
    assert is_resting(NOW, None if heard is None else NOW - heard) is rests


@pytest.mark.parametrize(
    ("pace", "rest"),
    [
        (timedelta(seconds=1), timedelta(seconds=4)),
        (timedelta(minutes=15), timedelta(hours=1)),
        (timedelta(minutes=30), timedelta(hours=2)),
        (timedelta(hours=1), timedelta(hours=2)),
        (timedelta(hours=3), timedelta(hours=3)),
    ],
)
def test_a_rest_is_four_times_the_pace_and_at_most_two_hours(pace: timedelta, rest: timedelta) -> None:
    """It is never shorter than the pace."""
    assert resting(pace) == rest


def test_the_time_of_the_next_check_is_known() -> None:
    """After the pace, or at the time that a failure decided; never in the past."""
    hour = timedelta(hours=1)
    assert NEVER.next_at(NOW, hour) == NOW
    assert succeeded(NOW).next_at(NOW, hour) == NOW + hour
    assert succeeded(NOW).next_at(NOW + 3 * hour, hour) == NOW + 3 * hour
    assert NEVER.failed(NOW, hour, None).next_at(NOW, hour) == NOW + FIRST_RETRY
    assert succeeded(NOW).kept_back(NOW + 2 * hour).next_at(NOW, hour) == NOW + 2 * hour
