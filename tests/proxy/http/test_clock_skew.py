"""The difference between our clock and the clocks of other hosts."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from proxy.http.clock_skew import ClockDifference, ClockSkew
from tests.proxy.clocks import NOW, Clock


def says(at: datetime) -> dict[str, str]:
    """The headers of an answer with this date."""
    return {"date": format_datetime(at, usegmt=True)}


def observe(skew: ClockSkew, clock: Clock, host: str, off: timedelta, times: int = 1) -> None:
    """Observe several answers of a host, two seconds apart, while our clock is off by this much."""
    for _ in range(times):
        clock.sleep(2)
        skew.observe(host, says(clock.now() - off), clock.now())


def by(skew: ClockSkew, clock: Clock) -> timedelta | None:
    """How far our clock is off."""
    found = skew.estimate(clock.now())
    return found.by if found else None


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

    assert by(skew, clock) == timedelta()


@pytest.mark.parametrize("right_hosts", [1, 2, 3])
def test_one_wrong_host_does_not_count(right_hosts: int) -> None:
    """One wrong host does not change the estimate, however many answers it sends."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "wrong", timedelta(hours=-5), 5)
    for number in range(right_hosts):
        observe(skew, clock, f"right-{number}", timedelta(seconds=1))

    assert by(skew, clock) == timedelta(seconds=1)


def test_our_wrong_clock_is_detected() -> None:
    """If all hosts agree that our clock is ahead, the difference is positive."""
    skew, clock = ClockSkew(), Clock()
    for host in "abc":
        observe(skew, clock, host, timedelta(minutes=10), 3)

    assert by(skew, clock) == timedelta(minutes=10)


def test_a_corrected_clock_is_noticed() -> None:
    """Newer answers of a host replace old ones, and answers older than a day are ignored."""
    clock = Clock()
    skew = ClockSkew(clock.monotonic)
    observe(skew, clock, "a", timedelta(minutes=10), 5)
    observe(skew, clock, "a", timedelta(), 3)
    assert by(skew, clock) == timedelta()

    clock.sleep(25 * 3600)
    assert skew.estimate(clock.now()) is None


@pytest.mark.parametrize("minutes", [-10, 2, 10, 600])
def test_what_was_read_before_our_clock_was_set_says_nothing(minutes: int) -> None:
    """More time has passed on it than has passed."""
    clock, real = Clock(), Clock()
    skew = ClockSkew(real.monotonic)
    observe(skew, clock, "a", timedelta(hours=1), 5)
    observe(skew, clock, "b", timedelta(hours=1), 5)
    clock.sleep(60 * minutes)

    assert skew.estimate(clock.now()) is None
    observe(skew, clock, "b", timedelta())
    assert skew.estimate(clock.now()) == ClockDifference(timedelta(), ("b",))


@pytest.mark.parametrize(
    "wrong",
    [timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=6), timedelta(days=-20_000)],
    ids=["behind", "ahead", "six minutes", "1970"],
)
def test_one_wrong_registry_does_not_count_beside_a_host_that_is_asked_once_a_day(wrong: timedelta) -> None:
    """The registry is asked all day; the host of the sources answered 23 hours ago, and our clock was not set since."""
    clock = Clock()
    skew = ClockSkew(clock.monotonic)
    observe(skew, clock, "api.github.com", timedelta(seconds=1))
    for _ in range(23):
        clock.sleep(3600)
        observe(skew, clock, "registry.example.com", wrong)

    assert skew.estimate(clock.now()) == ClockDifference(timedelta(seconds=1), ("api.github.com",))


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(minutes=119), "119 minutes off"),
        (timedelta(minutes=-121), "2 hours off"),
        (timedelta(hours=47), "47 hours off"),
        (timedelta(days=-20_000), "20000 days off"),
    ],
)
def test_the_difference_is_an_amount_that_people_read(off: timedelta, words: str) -> None:
    """Ahead or behind."""
    assert str(ClockDifference(off, ("a",))).startswith(words)


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        (("a",), "60 minutes off that of a, the only host that can be compared"),
        (("a", "b"), "60 minutes off those of a and b"),
        (("a", "b", "c", "d"), "60 minutes off those of a, b, c and d"),
        (("a", "b", "c", "d", "e"), "60 minutes off those of a, b, c and 2 more"),
    ],
)
def test_the_hosts_that_show_it_are_named(hosts: tuple[str, ...], words: str) -> None:
    """So a person knows whose clock to look at."""
    skew, clock = ClockSkew(), Clock()
    for host in hosts:
        observe(skew, clock, host, timedelta(hours=-1))

    assert str(skew.estimate(clock.now())) == words


def test_many_answers_in_one_second_count_once() -> None:
    """A thousand answers in one second make one reading."""
    skew, clock = ClockSkew(), Clock()
    observe(skew, clock, "a", timedelta())
    for _ in range(1000):
        skew.observe("a", says(NOW - timedelta(hours=9)), clock.now())

    assert by(skew, clock) == timedelta()
