"""A used-up limit of GitHub while Dockerfiles are read: what goes out, and what is recorded."""

from datetime import timedelta

import pytest

from catalog.image import DiscoveryStatus
from tests.peers.github.server import GitHub
from tests.provider.services.source_reading.at_github import company_at, queries
from tests.provider.services.world import HOUR, MINUTE, NODE

NAMES = tuple(f"app-{number:02}" for number in range(60))
QUERIES = 3


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_used_up_limit_ends_the_requests_at_once(github: GitHub, left: int) -> None:
    """Only requests that are under way are refused; until the hour ends no further one goes out."""
    with company_at(github, *NAMES) as company:
        github.query_limit.used = github.query_limit.limit - left
        company.round.run()
        first = queries(github)
        company.after(15 * MINUTE)
        company.round.follow()
        company.after(15 * MINUTE)

        assert left <= first <= 3
        assert queries(github) == first
        assert sum(company.image(name).discovery is DiscoveryStatus.SUCCESS for name in NAMES) == 25 * left

        github.query_limit.used = 0
        company.after(HOUR)
        assert all(company.image(name).discovery is DiscoveryStatus.SUCCESS for name in NAMES)
        assert not any(company.image(name).discovery_error for name in NAMES)


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (429, {"Retry-After": "120"}, "slow down", timedelta(seconds=120)),
        (403, {"Retry-After": "60"}, "You have exceeded a secondary rate limit", timedelta(seconds=60)),
        (403, {}, "You have exceeded a secondary rate limit", timedelta(seconds=60)),
        (429, {}, "Too many requests", timedelta(seconds=60)),
    ],
)
def test_the_time_that_github_names_is_obeyed(
    github: GitHub, status: int, headers: dict[str, str], message: str, wait: timedelta
) -> None:
    """One refusal holds up every further read until then; the state of images that are known stays as it is."""
    with company_at(github, *NAMES) as company:
        company.round.run()
        position = company.store.read().position
        github.fail("POST /graphql", status, headers, message, times=1000)
        company.now += timedelta(hours=24)
        company.round.run()
        refused = queries(github) - QUERIES
        company.now += wait - timedelta(seconds=1)
        company.round.run()

        assert 1 <= refused <= 8
        assert queries(github) == QUERIES + refused
        assert company.store.read().position == position

        github.heal()
        company.after(timedelta(seconds=1))
        assert queries(github) == 2 * QUERIES + refused


def test_a_new_image_says_why_it_was_not_read(github: GitHub) -> None:
    """There is nothing that is known of it, and the message names the time of the next try."""
    with company_at(github, "portal") as company:
        github.rate_limit.used = github.rate_limit.limit
        company.round.run()

        assert company.image().discovery is DiscoveryStatus.PENDING
        assert "rate limit" in (company.image().discovery_error or "")
        assert company.status()[0] == "error"
        assert NODE not in company.status()[1]
