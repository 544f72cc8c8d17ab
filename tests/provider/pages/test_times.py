"""Tests of times for people to read."""

from datetime import timedelta, timezone

import pytest

from provider.pages.times import clock, day, exact, machine, relative
from tests.provider.web_images import NOW


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=5), "in a moment"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(seconds=89), "in 1 minute"),
        (timedelta(seconds=91), "in 2 minutes"),
        (timedelta(minutes=59, seconds=31), "in 1 hour"),
        (timedelta(hours=23, minutes=20), "in 23 hours"),
        (timedelta(hours=23, minutes=50), "in 1 day"),
        (timedelta(hours=-47), "2 days ago"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=6, hours=23), "in 7 days"),
        (timedelta(days=29, hours=23), "in 1 month"),
        (timedelta(days=364), "in 12 months"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_a_distance_is_given_in_its_largest_unit(distance: timedelta, text: str) -> None:
    """It is rounded to the nearest, so that 6 days and 23 hours are not 6 days."""
    assert relative(NOW + distance, NOW) == text


def test_exact_times_are_in_utc() -> None:
    """Times in other time zones are converted."""
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    assert (exact(there), machine(there)) == ("2026-03-10 12:00 UTC", "2026-03-10T12:00:00Z")
    assert clock(there) == "10 Mar 2026, 12:00 UTC"


def test_a_day_has_its_year_unless_it_is_the_current_one() -> None:
    """The day is in UTC and in English, for any time zone and locale."""
    assert day(NOW - timedelta(days=9), NOW) == "1 Mar"
    assert day(NOW - timedelta(days=100), NOW) == "30 Nov 2025"
    assert day(NOW.astimezone(timezone(timedelta(hours=14))), NOW) == "10 Mar"
