"""How much one registry may be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Unavailable
from proxy.http.breaker import FAILURES_IN_A_ROW, FIRST_PAUSE
from proxy.http.budget import DEFAULT_WAIT, OWN, POLITE, Budget, Limits
from tests.proxy.clocks import NOW, Clock

SLOW = Limits(rate=2.0, burst=3, concurrency=8, reserve=20)


def closed_until(budget: Budget, clock: Clock, *, counted: bool = True) -> timedelta | None:
    """How long the budget is closed; None where it is open."""
    try:
        budget.check_open(clock.now(), counted=counted)
    except Unavailable as error:
        return (error.retry_at or datetime.max.replace(tzinfo=UTC)) - clock.now()
    return None


def test_a_burst_goes_at_once_and_then_the_rate_counts() -> None:
    """Three at once, then one every half second, and three again after a pause."""
    budget = Budget(SLOW, "r")

    assert [budget.admit(NOW) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert budget.admit(NOW + timedelta(minutes=1)) == 0


def test_own_registries_wait_for_nothing() -> None:
    """Without a rate every request goes at once."""
    budget = Budget(OWN, "r")

    assert {budget.admit(NOW) for _ in range(1000)} == {0.0}


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60))
def test_the_rate_is_never_exceeded(steps: list[float]) -> None:
    """Whatever the pauses, and clocks that go backwards: in any window, at most burst plus rate times its length."""
    budget, clock = Budget(SLOW, "r"), Clock()
    sent = []
    for step in steps:
        clock.at += timedelta(seconds=step)
        sent.append((clock.now() + timedelta(seconds=budget.admit(clock.now()))).timestamp())
    forward = all(step >= 0 for step in steps)
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            if forward:
                assert last - first + 1 <= 3 + 2 * (sent[last] - start) + 1e-6


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "30"}, timedelta(seconds=30)),
        ({"retry-after": "880.092Âµs"}, timedelta(seconds=1)),
        ({"retry-after": "86400"}, timedelta(hours=1)),
        ({}, DEFAULT_WAIT),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_closes_the_budget_for_as_long_as_it_says(
    status: int, headers: dict[str, str], wait: timedelta
) -> None:
    """Until then nothing is sent, and everybody hears when; afterwards the registry is asked again."""
    budget, clock = Budget(OWN, "ghcr.io"), Clock()
    budget.observe(status, headers, clock.now())

    assert closed_until(budget, clock) == wait
    with pytest.raises(Unavailable, match=r"ghcr\.io is not asked before 2026-11-22"):
        budget.admit(clock.now())
    clock.at += wait
    assert budget.admit(clock.now()) == 0
    assert budget.retry_at(clock.now()) is None


def test_a_shorter_refusal_does_not_open_a_closed_budget() -> None:
    """The later of two times counts."""
    budget, clock = Budget(OWN, "r"), Clock()
    budget.observe(503, {"retry-after": "100"}, clock.now())
    budget.observe(503, {"retry-after": "5"}, clock.now())

    assert closed_until(budget, clock) == timedelta(seconds=100)


def test_a_reserve_of_the_registry_s_limit_is_left_for_people() -> None:
    """Counted requests stop at the reserve, the others go on; a recovered limit opens again."""
    budget, clock = Budget(POLITE, "docker.io"), Clock()
    budget.observe(200, {"ratelimit-limit": "200;w=600", "ratelimit-remaining": "21;w=600"}, clock.now())
    assert closed_until(budget, clock) is None

    budget.observe(200, {"ratelimit-limit": "200;w=600", "ratelimit-remaining": "20;w=600"}, clock.now())
    assert closed_until(budget, clock) == timedelta(minutes=10)
    assert closed_until(budget, clock, counted=False) is None
    assert budget.retry_at(clock.now()) == clock.now() + timedelta(minutes=10)

    budget.observe(200, {"ratelimit-remaining": "150;w=600"}, clock.now(), counted=False)
    assert closed_until(budget, clock) is None


def test_of_a_small_limit_only_a_part_is_kept_back() -> None:
    """A limit of 10 leaves 8 for us; a window beyond an hour waits an hour."""
    budget, clock = Budget(POLITE, "r"), Clock()
    budget.observe(200, {"ratelimit-limit": "10;w=21600", "ratelimit-remaining": "3;w=21600"}, clock.now())
    assert closed_until(budget, clock) is None

    budget.observe(200, {"ratelimit-limit": "10;w=21600", "ratelimit-remaining": "2;w=21600"}, clock.now())
    assert closed_until(budget, clock) == timedelta(hours=1)


def test_headers_that_cannot_be_read_change_nothing() -> None:
    """A registry may write what it wants."""
    budget, clock = Budget(POLITE, "r"), Clock()
    budget.observe(200, {"ratelimit-remaining": "plenty"}, clock.now())

    assert closed_until(budget, clock) is None


def test_pulls_used_up_do_not_stop_what_costs_no_pull() -> None:
    """A 429 to a counted request stops those; one to any other stops all."""
    budget, clock = Budget(POLITE, "docker.io"), Clock()
    budget.observe(429, {"retry-after": "50"}, clock.now(), counted=True)
    assert closed_until(budget, clock, counted=False) is None

    budget.observe(429, {"retry-after": "10"}, clock.now(), counted=False)
    assert closed_until(budget, clock, counted=False) == timedelta(seconds=10)
    assert closed_until(budget, clock) == timedelta(seconds=10)


def test_a_registry_that_is_down_is_not_asked_for_a_while() -> None:
    """Some failures in a row close the budget; an answer in between starts the count anew."""
    budget, clock = Budget(OWN, "r"), Clock()
    for _ in range(FAILURES_IN_A_ROW - 1):
        budget.failed(clock.now())
    budget.observe(200, {}, clock.now())
    budget.failed(clock.now())
    assert closed_until(budget, clock) is None

    for _ in range(FAILURES_IN_A_ROW - 1):
        budget.failed(clock.now())
    assert closed_until(budget, clock) == FIRST_PAUSE
    assert budget.retry_at(clock.now()) == clock.now() + FIRST_PAUSE
