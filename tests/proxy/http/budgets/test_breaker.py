"""When a host that failed gets the next request."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from proxy.http.budgets.breaker import OF_HOST, OF_REPOSITORY, Breaker, HostPause
from tests.proxy.clocks import NOW

CAUSE = "no answer"


def fail(breaker: Breaker, times: int, now: datetime = NOW) -> None:
    """Record this number of failures."""
    for _ in range(times):
        breaker.failed(now, CAUSE)


def test_failures_in_a_row_pause_a_host() -> None:
    """The last of several failures in a row starts a pause of limited length."""
    breaker = Breaker()
    fail(breaker, OF_HOST.failures_in_a_row - 1)
    assert breaker.pause(NOW) is None

    fail(breaker, 1)
    assert breaker.pause(NOW) == HostPause(NOW + OF_HOST.first, CAUSE, by_host=False)
    assert breaker.pause(NOW + OF_HOST.first) is None


def test_an_answer_ends_the_row() -> None:
    """After an answer, the count of failures starts again."""
    breaker = Breaker()
    fail(breaker, OF_HOST.failures_in_a_row - 1)
    breaker.answered()
    fail(breaker, OF_HOST.failures_in_a_row - 1)

    assert breaker.pause(NOW) is None


def test_each_pause_of_an_outage_is_longer_up_to_five_minutes() -> None:
    """Pauses double up to five minutes; after an answer the next pause is short again."""
    breaker, now, lengths = Breaker(), NOW, []
    for _ in range(6):
        fail(breaker, OF_HOST.failures_in_a_row, now)
        pause = breaker.pause(now)
        assert pause is not None
        lengths.append(pause.until - now)
        now = pause.until
    assert lengths == [
        OF_HOST.first,
        2 * OF_HOST.first,
        4 * OF_HOST.first,
        8 * OF_HOST.first,
        OF_HOST.longest,
        OF_HOST.longest,
    ]

    breaker.answered()
    fail(breaker, OF_HOST.failures_in_a_row, now)
    assert breaker.pause(now) == HostPause(now + OF_HOST.first, CAUSE, by_host=False)


def test_concurrent_failures_do_not_lengthen_the_pause() -> None:
    """Sixty requests that fail at the same time count as one outage."""
    breaker = Breaker()
    fail(breaker, 60)
    assert breaker.pause(NOW) == HostPause(NOW + OF_HOST.first, CAUSE, by_host=False)

    fail(breaker, OF_HOST.failures_in_a_row, NOW + OF_HOST.first)
    assert breaker.pause(NOW + OF_HOST.first) == HostPause(NOW + 3 * OF_HOST.first, CAUSE, by_host=False)


def test_a_time_that_the_host_names_replaces_our_own() -> None:
    """A shorter time counts as well; of two times that the host names, the later applies."""
    breaker = Breaker()
    fail(breaker, OF_HOST.failures_in_a_row)
    named = HostPause(NOW + timedelta(seconds=5), "slow down", by_host=True)
    breaker.pause_until(named.until, named.cause)
    assert breaker.pause(NOW) == named

    later = HostPause(NOW + timedelta(hours=1), "the limit is used up", by_host=True)
    breaker.pause_until(later.until, later.cause)
    breaker.pause_until(named.until, named.cause)
    assert breaker.pause(NOW) == later


@given(st.lists(st.tuples(st.sampled_from(("fail", "answer")), st.integers(0, 400)), max_size=80))
def test_no_pause_of_our_own_is_longer_than_five_minutes(steps: list[tuple[str, int]]) -> None:
    """Whatever fails, the host gets a request within five minutes."""
    breaker, now = Breaker(), NOW
    for what, seconds in steps:
        now += timedelta(seconds=seconds)
        if what == "fail":
            breaker.failed(now, CAUSE)
        else:
            breaker.answered()
        assert breaker.pause(now + OF_HOST.longest) is None


def test_in_a_row_each_part_counts_once() -> None:
    """One part says little about the others. After a pause, an answer or a named time all count anew."""
    breaker, now = Breaker(), NOW
    for _ in range(3):
        for part in "aaaabbbbccccdddd":
            breaker.failed(now, CAUSE, part)
        assert breaker.pause(now) is None
        breaker.answered()
    for _ in range(2):
        for part in "abcde":
            breaker.failed(now, CAUSE, part)
        pause = breaker.pause(now)
        assert pause is not None
        now = pause.until
    for part in "abcd":
        breaker.failed(now, CAUSE, part)
    breaker.pause_until(now, "slow down")
    breaker.failed(now, CAUSE, "e")
    assert breaker.pause(now) is None


def test_a_repository_is_paused_at_once_and_for_minutes() -> None:
    """One failure is enough, and the pauses grow from one minute to half an hour."""
    breaker, now, minutes = Breaker(OF_REPOSITORY), NOW, []
    for _ in range(7):
        fail(breaker, 1, now)
        pause = breaker.pause(now)
        assert pause is not None
        minutes.append((pause.until - now) // timedelta(minutes=1))
        now = pause.until

    assert minutes == [1, 2, 4, 8, 16, 30, 30]
