"""The difference between our clock and the clocks of other hosts."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from proxy.http.clock_skew import ClockSkew
from tests.proxy.clocks import NOW, Clock


def says(at: datetime) -> dict[str, str]:
    """The headers of an answer with this date."""
    return {"date": format_datetime(at, usegmt=True)}


def observe(skew: ClockSkew, clock: Clock, host: str, off: timedelta, times: int = 1) -> None:
    """Observe several answers of a host, two seconds apart, while our clock is off by this much."""
    for _ in range(times):
        clock.sleep(2)
        skew.observe(host, says(clock.now() - off), clock.now())


def test_nothing_is_known_before_the_first_answer() -> None:
    """Without an answer with a readable date there is no estimate."""
    skew = ClockSkew()
    for headers in ({}, {"date": "soon"}, {**says(NOW), "age": "12"}):
        skew.observe("a", headers, NOW)

    assert skew.estimate(NOW) is None


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 99 Jan 2026 00:00:00 GMT",
        "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 1 Jan 2026 00:00:00 +99999999999999999999",
        "Mon, 1 Jan 2026 99999999999999999999:0:0 GMT",
        "\xb2",
    ],
)
def test_a_date_that_is_none_is_ignored(date: str) -> None:
    """No host's nonsense ends a request."""
    skew = ClockSkew()
    skew.observe("a", {"date": date}, NOW)

    assert skew.estimate(NOW) is None


def test_one_wrong_answer_does_not_count() -> None:
    """The median of a host's last answers is used."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "a", timedelta(), 2)
    observe(skew, clock, "a", timedelta(hours=5))

    assert skew.estimate(clock.now()) == timedelta()


@pytest.mark.parametrize("right_hosts", [1, 2, 3])
def test_one_wrong_host_does_not_count(right_hosts: int) -> None:
    """One wrong host does not change the estimate, however many answers it sends."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "wrong", timedelta(hours=-5), 5)
    for number in range(right_hosts):
        observe(skew, clock, f"right-{number}", timedelta(seconds=1))

    assert skew.estimate(clock.now()) == timedelta(seconds=1)


def test_our_wrong_clock_is_detected() -> None:
    """If all hosts agree that our clock is ahead, the difference is positive."""
    skew, clock = ClockSkew(), Clock()
    for host in "abc":
        observe(skew, clock, host, timedelta(minutes=10), 3)

    assert skew.estimate(clock.now()) == timedelta(minutes=10)


def test_a_corrected_clock_is_noticed() -> None:
    """Newer answers of a host replace old ones, and answers older than an hour are ignored."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "a", timedelta(minutes=10), 5)
    observe(skew, clock, "a", timedelta(), 3)
    assert skew.estimate(clock.now()) == timedelta()

    clock.sleep(3601)
    assert skew.estimate(clock.now()) is None


def test_many_answers_in_one_second_count_once() -> None:
    """A thousand answers in one second make one reading."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "a", timedelta())
    for _ in range(1000):
        skew.observe("a", says(NOW - timedelta(hours=9)), clock.now())

    assert skew.estimate(clock.now()) == timedelta()
