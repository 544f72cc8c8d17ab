"""Hours of requests to GitHub, as the benchmark `github_day` lets a day of them pass."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bench.github_day import BUILDS_AT_ONCE, GitHubDay
from tests.fakes.github_hours import LIMIT

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("hears", [False, True])
def test_a_hundred_builds_at_a_time_stay_below_the_limit(*, hears: bool) -> None:
    """From a cold start on, with a GitHub App, in repositories of their own, also without webhooks."""
    day = GitHubDay(2000, hears=hears)
    day.run(61 * MINUTE)

    assert day.github.highest_hour < LIMIT
    assert day.github.refused == 0
    assert day.read_after
    assert day.read_after < 5 * MINUTE
    assert day.built >= BUILDS_AT_ONCE * 3
    assert max(day.late) < 6 * MINUTE
    # GitHub asks for a second between writes.
    assert all(after - before >= timedelta(seconds=1) for before, after in pairwise(day.github.writes))


def test_a_cold_start_is_spread_and_people_come_first() -> None:
    """With 100 requests an hour, 3,000 files take longer than one; who is enrolled meanwhile is read at once."""
    day = GitHubDay(3000, builds_at_once=0, limit=100)
    day.run(30 * MINUTE)
    assert day.github.refused == 0
    assert 1000 < day.read_images < 3000
    # A fifth is left for people, but for requests that were under way.
    assert day.github.every.total() <= 80 + 8

    name = day.enroll()
    day.read([name])
    assert day.is_read(name)

    day.run(60 * MINUTE)
    assert day.read_images == 3001
    assert day.github.refused == 0
    assert day.github.highest_hour <= 2 * 88
