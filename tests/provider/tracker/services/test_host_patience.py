"""Tests of hosts that are not polled for a time."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.tracker.services.host_patience import HostPatience
from proxy.errors import Garbage, Unavailable
from proxy.http.budgets.breaker import OF_HOST

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOWN = Unavailable("no answer")


def fail(patience: HostPatience, times: int) -> None:
    """Report so many failures of the host."""
    for _ in range(times):
        patience.failed("host", NOW, DOWN)


def test_a_host_is_not_polled_before_its_retry_time() -> None:
    """Until that time it is not polled; other hosts are."""
    patience = HostPatience()
    patience.failed("host", NOW, Unavailable("slow down", NOW + timedelta(minutes=1)))

    left = patience.paused("host", NOW)
    assert left is not None
    assert (left.retry_at, "slow down" in left.message) == (NOW + timedelta(minutes=1), True)
    assert patience.paused("other", NOW) is None
    assert patience.paused("host", NOW + timedelta(minutes=1)) is None


def test_a_host_that_does_not_answer_is_not_polled_for_a_while() -> None:
    """This begins after a few polls in a row without a usable answer."""
    patience = HostPatience()
    fail(patience, OF_HOST.failures_in_a_row - 1)
    assert patience.paused("host", NOW) is None
    patience.failed("host", NOW, Garbage("a page of a proxy"))
    left = patience.paused("host", NOW)
    assert left is not None
    assert left.retry_at == NOW + OF_HOST.first


def test_an_answer_resets_the_number_of_failures() -> None:
    """A refusal is an answer too."""
    patience = HostPatience()
    fail(patience, OF_HOST.failures_in_a_row - 1)
    patience.answered("host")
    fail(patience, OF_HOST.failures_in_a_row - 1)
    assert patience.paused("host", NOW) is None


def test_a_person_can_poll_a_host_unless_it_has_a_rate_limit() -> None:
    """A person can poll a host that was unreachable, but not a host with a rate limit."""
    patience = HostPatience()
    fail(patience, OF_HOST.failures_in_a_row)
    patience.check("host", NOW)
    until = NOW + timedelta(minutes=1)
    patience.failed("host", NOW, Unavailable("slow down", until))
    with pytest.raises(Unavailable, match="slow down") as refused:
        patience.check("host", NOW)
    assert refused.value.retry_at == until
    patience.check("host", until)
