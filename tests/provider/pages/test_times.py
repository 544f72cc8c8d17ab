"""Tests of times as people say them."""

from datetime import timedelta, timezone

import pytest

from provider.pages.times import exact, machine, relative
from tests.provider.web_images import NOW


@pytest.mark.parametrize(
    ("distance", "said"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=5), "in a moment"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-47), "1 day ago"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_a_distance_is_said_in_its_largest_unit(distance: timedelta, said: str) -> None:
    """Rounded down, so that nothing sounds older or later than it is."""
    assert relative(NOW + distance, NOW) == said


def test_exact_times_are_in_utc() -> None:
    """Whatever zone they come in."""
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    assert (exact(there), machine(there)) == ("2026-03-10 12:00 UTC", "2026-03-10T12:00:00Z")
