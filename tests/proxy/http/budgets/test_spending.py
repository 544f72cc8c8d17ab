"""Tests of sending one request within a budget."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from proxy.errors import Garbage, KeptBack, OutcomeUnknown, OutsideFailure, Unavailable
from proxy.http.budgets.breaker import OF_HOST
from proxy.http.budgets.budget import OWN, Budget, Limits
from proxy.http.budgets.spending import admitted, spend
from proxy.http.exchange import Answer
from proxy.http.transport import Transport
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import open_transport

ANSWER = Answer(200, {}, b"", "https://r/")


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only when something sleeps."""
    return Clock()


@pytest.fixture
def transport(clock: Clock) -> Iterator[Transport]:
    """Its clock is the one above."""
    with open_transport(clock) as opened:
        yield opened


def failing(error: OutsideFailure, cause: OutsideFailure | None = None) -> Callable[[], Answer]:
    """A request that raises this error from that cause."""

    def request() -> Answer:
        raise error from cause

    return request


def test_a_request_waits_for_its_turn(clock: Clock, transport: Transport) -> None:
    """The second of two requests is sent when the rate allows it."""
    budget = Budget(Limits(rate=2.0, burst=1, concurrency=1, reserve=0), "r")

    assert [spend(budget, transport, lambda: ANSWER) for _ in range(2)] == [ANSWER, ANSWER]
    assert clock.slept == [0.5]


def test_a_closed_budget_sends_nothing(clock: Clock, transport: Transport) -> None:
    """Only a request that the host does not count is sent while the limit is used up."""
    budget, sent = Budget(OWN, "r"), []
    budget.spent(NOW + timedelta(minutes=1))

    def request() -> Answer:
        sent.append(clock.now())
        return ANSWER

    with pytest.raises(KeptBack) as raised:
        spend(budget, transport, request)
    assert (raised.value.retry_at, sent) == (NOW + timedelta(minutes=1), [])
    with admitted(budget, transport, counted=False):
        assert request() == ANSWER


def test_a_budget_that_closes_during_the_wait_sends_nothing() -> None:
    """The budget is checked again after the wait, because the answer to another request can have closed it."""
    budget = Budget(Limits(rate=2.0, burst=0, concurrency=1, reserve=0), "r")

    class Interrupted(Clock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            budget.spent(self.now() + timedelta(minutes=1))

    with open_transport(Interrupted()) as transport, pytest.raises(KeptBack, match="request limit"):
        spend(budget, transport, failing(Garbage("it was sent")))


@pytest.mark.parametrize(
    ("request_", "closed"),
    [
        (failing(Unavailable("no answer")), True),
        (failing(OutcomeUnknown("no answer"), Unavailable("no answer")), True),
        (failing(Garbage("too large")), False),
        (failing(OutcomeUnknown("too large"), Garbage("too large")), False),
    ],
)
def test_a_missing_answer_counts_as_a_failure(
    transport: Transport, request_: Callable[[], Answer], closed: bool
) -> None:
    """Also of a request that changes something; an invalid answer does not count, and every slot is given back."""
    budget = Budget(Limits(rate=None, burst=0, concurrency=1, reserve=0), "r")
    for _ in range(OF_HOST.failures_in_a_row):
        with pytest.raises(OutsideFailure):
            spend(budget, transport, request_)
    assert (budget.retry_at(NOW) is not None) is closed


def test_a_host_without_a_free_slot_gets_no_request(
    clock: Clock, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier requests that do not end hold nobody for longer than a request may take."""
    monkeypatch.setattr("proxy.http.budgets.spending.WHOLE_SECONDS", 0.01)
    budget = Budget(Limits(rate=None, burst=0, concurrency=1, reserve=0), "r")
    assert budget.slots.acquire(0)
    with pytest.raises(KeptBack, match="all 1 requests"):
        spend(budget, transport, lambda: ANSWER)
    budget.slots.release()
    assert spend(budget, transport, lambda: ANSWER) == ANSWER
    assert clock.slept == []


def test_a_closed_repository_keeps_its_requests_back(transport: Transport) -> None:
    """Requests for others of the same host are sent; the slot is given back."""
    budget = Budget(Limits(rate=None, burst=0, concurrency=1, reserve=0), "r")
    budget.failed(NOW, "a")
    with pytest.raises(KeptBack, match="r/a"), admitted(budget, transport, repository="a"):
        raise AssertionError("the block was entered")
    with admitted(budget, transport, repository="b"):
        assert not budget.slots.acquire(0)
