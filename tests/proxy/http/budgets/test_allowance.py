"""The rate of a host: of one process, and of all that share a record."""

import logging
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.http.budgets.allowance import Bucket, OwnAllowance, Rate, SharedAllowance
from tests.proxy.clocks import NOW, Clock

RATE = Rate(2.0, 3)


class Record:
    """What processes share; `failure` is raised instead."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.bucket = Bucket.full(RATE, NOW.timestamp())
        self.asked = 0

    def take(self, host: str, rate: Rate, now: datetime) -> Bucket:
        """Take one request."""
        assert (host, rate) == ("docker.io", RATE)
        self.asked += 1
        if self.failure:
            raise self.failure
        self.bucket = self.bucket.taken(rate, now.timestamp())
        return self.bucket


def shared(record: Record) -> SharedAllowance:
    """The allowance of one process."""
    return SharedAllowance("docker.io", RATE, record.take)


def test_a_burst_goes_at_once_and_then_the_rate_applies() -> None:
    """Three requests at once, then one every half second, and three again after a pause."""
    own = OwnAllowance("docker.io", RATE)
    assert [own.take(NOW) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert [own.take(NOW + timedelta(minutes=1)) for _ in range(4)] == [0, 0, 0, 0.5]


def test_processes_that_share_a_record_have_one_rate() -> None:
    """What one has taken, the other waits for."""
    record = Record()
    one, two = shared(record), shared(record)
    assert [one.take(NOW), two.take(NOW), one.take(NOW), two.take(NOW), one.take(NOW)] == [0, 0, 0, 0.5, 1.0]


def test_without_a_record_a_process_counts_alone() -> None:
    """A command that opens no database is polite all the same."""
    alone = SharedAllowance("docker.io", RATE, lambda *_: None)
    assert [alone.take(NOW) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_record_that_fails_stops_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """For 30 seconds it is left alone; its failure is logged once, without the statement that failed."""
    record, clock = Record(), Clock()
    record.failure = OSError("database is locked\n[SQL: INSERT]")
    allowance = shared(record)
    with caplog.at_level(logging.WARNING):
        assert [allowance.take(clock.now()) for _ in range(4)] == [0, 0, 0, 0.5]
        assert record.asked == 1
        clock.at += timedelta(seconds=30)
        allowance.take(clock.now())
    assert record.asked == 2
    (warning,) = caplog.records
    assert warning.getMessage().startswith("Requests to docker.io are counted for this process alone, ")
    assert warning.getMessage().endswith("works again: database is locked")


def test_a_record_that_works_again_counts_again(caplog: pytest.LogCaptureFixture) -> None:
    """And a later failure is logged again."""
    record, clock = Record(), Clock()
    allowance = shared(record)
    for failure in (OSError("one"), None, OSError("two")):
        record.failure = failure
        allowance.take(clock.now())
        clock.at += timedelta(seconds=31)
    assert record.asked == 3
    assert [message.getMessage().rpartition(" ")[2] for message in caplog.records] == ["one", "two"]


def test_a_clock_that_was_set_back_does_not_keep_the_record_away() -> None:
    """The pause ends 30 seconds after its beginning, or before it."""
    record = Record()
    record.failure = OSError("gone")
    allowance = shared(record)
    allowance.take(NOW)
    allowance.take(NOW - timedelta(hours=1))
    assert record.asked == 2


@given(st.lists(st.floats(-5, 5), max_size=60))
def test_no_clock_gives_more_than_a_burst_at_once(steps: list[float]) -> None:
    """Whatever the times are, a bucket never has more than the burst, and a request always takes one."""
    bucket, at = Bucket.full(RATE, 0.0), 0.0
    for step in steps:
        at += step
        after = bucket.taken(RATE, at)
        assert after.left <= RATE.burst - 1
        assert after.wait(RATE) >= 0
        bucket = after
