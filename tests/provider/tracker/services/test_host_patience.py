"""Tests of which hosts are left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.tracker.services.host_patience import HostPatience
from proxy.errors import Garbage, Unavailable
from proxy.http.breaker import FAILURES_IN_A_ROW, FIRST_PAUSE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOWN = Unavailable("no answer")


def fail(patience: HostPatience, times: int) -> None:
    """The host does not answer so often."""
    for _ in range(times):
        patience.failed("host", NOW, DOWN)


def test_a_host_says_when_to_come_back() -> None:
    """Until then it is left alone; others are not."""
    patience = HostPatience()
    patience.failed("host", NOW, Unavailable("slow down", NOW + timedelta(minutes=1)))

    left = patience.paused("host", NOW)
    assert left is not None
    assert (left.retry_at, "slow down" in left.message) == (NOW + timedelta(minutes=1), True)
    assert patience.paused("other", NOW) is None
    assert patience.paused("host", NOW + timedelta(minutes=1)) is None


def test_a_host_that_never_answers_is_left_alone_for_a_while() -> None:
    """After a few polls in a row without a usable answer, not before."""
    patience = HostPatience()
    fail(patience, FAILURES_IN_A_ROW - 1)
    assert patience.paused("host", NOW) is None
    patience.failed("host", NOW, Garbage("a page of a proxy"))
    left = patience.paused("host", NOW)
    assert left is not None
    assert left.retry_at == NOW + FIRST_PAUSE


def test_an_answer_ends_the_row() -> None:
    """Be it a refusal."""
    patience = HostPatience()
    fail(patience, FAILURES_IN_A_ROW - 1)
    patience.answered("host")
    fail(patience, FAILURES_IN_A_ROW - 1)
    assert patience.paused("host", NOW) is None


def test_a_persons_wish_passes_unless_the_host_told_us_to_wait() -> None:
    """A host that was down may be up again; one that limits us is not asked."""
    patience = HostPatience()
    fail(patience, FAILURES_IN_A_ROW)
    patience.check("host", NOW)
    until = NOW + timedelta(minutes=1)
    patience.failed("host", NOW, Unavailable("slow down", until))
    with pytest.raises(Unavailable, match="slow down") as refused:
        patience.check("host", NOW)
    assert refused.value.retry_at == until
    patience.check("host", until)
