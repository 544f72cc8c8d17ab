"""Spreading the requests that can wait over GitHub's hour."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import KeptBack
from proxy.github.limits import HourlyLimit
from proxy.github.sharing.pacing import RESERVE, USUAL_LIMIT, Pacing, share

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def admitted(pacing: Pacing, now: datetime) -> int:
    """How many requests are admitted at once."""
    for number in range(10_000):
        try:
            pacing.admit(now)
        except KeptBack:
            return number
    raise AssertionError("no end")


def test_each_minute_has_an_equal_part() -> None:
    """Of a new hour, 4,000 of 5,000 requests can wait: 67 in each minute."""
    pacing = Pacing("api.github.com")

    assert [admitted(pacing, NOW + minute * MINUTE) for minute in range(3)] == [67, 67, 67]
    assert admitted(pacing, NOW + 2 * MINUTE) == 0


def test_whoever_is_kept_back_is_told_until_when() -> None:
    """Until the next minute, or, where only the reserve is left, until the next hour."""
    pacing = Pacing("api.github.com")
    admitted(pacing, NOW)
    with pytest.raises(KeptBack, match=r"api\.github\.com: not asked before .*12:01.*spread over the hour") as caught:
        pacing.admit(NOW + MINUTE / 2)
    assert caught.value.retry_at == NOW + MINUTE

    pacing.learn(HourlyLimit(1000, NOW + HOUR / 2, USUAL_LIMIT))
    with pytest.raises(KeptBack) as caught:
        pacing.admit(NOW + MINUTE)
    assert caught.value.retry_at == NOW + HOUR / 2
    assert admitted(pacing, NOW + HOUR / 2) > 0


def test_what_others_use_is_not_used_twice() -> None:
    """Another process, or people, have used half of the hour: each minute gets less."""
    pacing = Pacing("api.github.com")
    pacing.learn(HourlyLimit(2500, NOW + HOUR, USUAL_LIMIT))

    assert admitted(pacing, NOW) == 25


def test_answers_in_another_order_do_not_give_requests_back() -> None:
    """An answer that was on its way for longer names more than there is left; a new hour begins anew."""
    pacing = Pacing("api.github.com")
    for remaining, reset in ((900, HOUR), (2000, HOUR), (0, -MINUTE * 2)):
        pacing.learn(HourlyLimit(remaining, NOW + reset, USUAL_LIMIT))
    assert admitted(pacing, NOW) == 0

    pacing.learn(HourlyLimit(4999, NOW + 2 * HOUR, USUAL_LIMIT))
    assert admitted(pacing, NOW + MINUTE) > 0


def test_what_was_unchanged_counts_nothing() -> None:
    """Another request may be sent for it."""
    pacing = Pacing("api.github.com")
    admitted(pacing, NOW)
    pacing.returned()

    assert admitted(pacing, NOW) == 1


@given(st.integers(0, 15_000), st.integers(60, 15_000), st.integers(-60, 3600))
def test_the_reserve_is_never_touched(remaining: int, limit: int, seconds: int) -> None:
    """And in no minute is more sent than an even part of the hour, or 20."""
    hour = HourlyLimit(min(remaining, limit), NOW + timedelta(seconds=seconds), limit)
    found = share(hour, NOW)

    assert 0 <= found <= max(0, hour.remaining - limit * RESERVE)
    assert found <= max(20, limit * (1 - RESERVE) / 60 + 1)


@given(st.integers(100, 15_000), st.lists(st.integers(0, 40), min_size=60, max_size=60))
def test_an_hour_is_never_used_up(limit: int, others: list[int]) -> None:
    """Whatever people ask for meanwhile, within the reserve: something is left for them until its end."""
    pacing, left = Pacing("api.github.com"), limit
    spare = limit * RESERVE
    for minute, wanted in enumerate(others):
        used = min(wanted, int(spare))
        spare -= used
        left -= used
        pacing.learn(HourlyLimit(left, NOW + HOUR, limit))
        left -= admitted(pacing, NOW + minute * MINUTE)
        assert left >= spare - 1
