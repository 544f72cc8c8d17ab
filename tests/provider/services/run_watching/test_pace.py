"""How often runs are asked for."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from provider.services.run_watching.pace import AFTER_HEARD, LONGEST, SHORTEST, pause

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOURLY = 1500


def test_a_young_build_is_asked_for_often_and_an_old_one_seldom() -> None:
    """Its end is learned at most an eighth of its time late, and never later than two minutes."""
    ages = (timedelta(), 4 * MINUTE, 8 * MINUTE, 6 * HOUR)

    assert [pause(age, 1, HOURLY, heard=False) for age in ages] == [SHORTEST, MINUTE / 2, MINUTE, LONGEST]


def test_many_groups_share_the_hourly_requests() -> None:
    """A hundred repositories are asked for every four minutes each."""
    assert pause(MINUTE, 100, HOURLY, heard=False) == 4 * MINUTE


def test_what_webhooks_report_is_only_asked_for_as_a_safety_net() -> None:
    """Every five minutes, however young the build is."""
    assert pause(timedelta(), 1, HOURLY, heard=True) == AFTER_HEARD == 5 * MINUTE


def test_runs_are_asked_for_as_often_as_the_interval_of_checks_says() -> None:
    """However old the build is, and whether webhooks report it; only the hourly requests make it longer."""
    second = timedelta(seconds=1)
    assert pause(6 * HOUR, 1, 36_000, heard=True, longest=second) == second
    assert pause(6 * HOUR, 1, HOURLY, heard=True, longest=second) == HOUR / HOURLY


@given(st.integers(1, 5000), st.timedeltas(timedelta(), 6 * HOUR), st.booleans())
def test_the_requests_of_an_hour_are_never_more_than_allowed(groups: int, age: timedelta, heard: bool) -> None:
    """All groups together, whatever their age."""
    assert groups * (HOUR / pause(age, groups, HOURLY, heard=heard)) <= max(HOURLY, groups * (HOUR / SHORTEST)) + 1
    assert groups <= 6 or groups * (HOUR / pause(age, groups, HOURLY, heard=heard)) <= HOURLY + 1
