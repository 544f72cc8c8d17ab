"""One rate for all processes that share a record, and none of them stops when the record fails."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from proxy.http.budgets.allowance import Bucket, HostAllowance, Rate
from proxy.http.budgets.shared_allowances import SharedAllowances
from tests.proxy.clocks import NOW, Clock

RATE = Rate(2.0, 3)
PAUSE = timedelta(seconds=30)


class Record:
    """What processes share; `failure` is raised instead, after it took its time by the clock.

    Attributes:
        free: while it is not set, nothing is answered.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.failure: Exception | None = None
        self.takes = timedelta()
        self.free = threading.Event()
        self.free.set()
        self.buckets: dict[str, Bucket] = {}
        self.asked = 0

    def take(self, host: str, rate: Rate, now: datetime) -> Bucket:
        """Take one request."""
        self.asked += 1
        assert self.free.wait(20)
        self.clock.at += self.takes
        if self.failure:
            raise self.failure
        before = self.buckets.get(host) or Bucket.full(rate, now.timestamp())
        self.buckets[host] = before.taken(rate, now.timestamp())
        return self.buckets[host]


@pytest.fixture
def clock() -> Clock:
    """The time of the processes."""
    return Clock()


@pytest.fixture
def record(clock: Clock) -> Record:
    """The record of them all."""
    return Record(clock)


def process(record: Record) -> SharedAllowances:
    """The allowances of one process."""
    return SharedAllowances(record.take, record.clock.now)


def taken(allowance: HostAllowance, clock: Clock, times: int) -> list[float]:
    """The waits of requests, one after the other."""
    return [allowance.take(clock.now()) for _ in range(times)]


def test_processes_that_share_a_record_have_one_rate(record: Record) -> None:
    """What one has taken, the other waits for; another host has its own rate."""
    one, two = (process(record).make("docker.io", RATE) for _ in range(2))
    assert [each.take(NOW) for each in (one, two, one, two, one)] == [0, 0, 0, 0.5, 1.0]
    assert process(record).make("quay.io", RATE).take(NOW) == 0


def test_without_a_record_a_process_counts_alone(clock: Clock) -> None:
    """A command that opens no database keeps to the rate too."""
    alone = SharedAllowances(lambda *_: None, clock.now).make("docker.io", RATE)
    assert taken(alone, clock, 4) == [0, 0, 0, 0.5]


def test_a_record_that_fails_stops_no_request(record: Record, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """For 30 seconds no host asks it; its failure is logged once, without the statement that failed."""
    record.failure = OSError("database is locked\n[SQL: INSERT]")
    ours = process(record)
    hub, quay = ours.make("docker.io", RATE), ours.make("quay.io", RATE)
    with caplog.at_level(logging.WARNING):
        assert taken(hub, clock, 4) == [0, 0, 0, 0.5]
        assert taken(quay, clock, 4) == [0, 0, 0, 0.5]
        assert record.asked == 1
        clock.at += PAUSE
        taken(quay, clock, 1)
    assert record.asked == 2
    (warning,) = caplog.records
    assert warning.getMessage().startswith("Requests to docker.io and other hosts are counted in this process alone ")
    assert warning.getMessage().endswith("works again: database is locked")


def test_a_pause_begins_when_the_record_has_failed(record: Record, clock: Clock) -> None:
    """A record that fails after a minute would otherwise hold up every request by a minute."""
    record.failure, record.takes = OSError("gone"), timedelta(minutes=1)
    allowance = process(record).make("docker.io", RATE)
    taken(allowance, clock, 5)
    assert record.asked == 1


def test_a_record_that_works_again_counts_again(record: Record, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """And a later failure is logged again."""
    allowance = process(record).make("docker.io", RATE)
    for failure in (OSError("one"), None, OSError("two")):
        record.failure = failure
        taken(allowance, clock, 1)
        clock.at += PAUSE
    assert record.asked == 3
    assert [message.getMessage().rpartition(" ")[2] for message in caplog.records] == ["one", "two"]


def test_a_clock_that_was_set_back_does_not_keep_the_record_away(record: Record, clock: Clock) -> None:
    """The pause ends 30 seconds after its beginning, or before it."""
    record.failure = OSError("gone")
    allowance = process(record).make("docker.io", RATE)
    allowance.take(NOW)
    allowance.take(NOW - timedelta(hours=1))
    assert record.asked == 2


def test_a_record_that_does_not_answer_holds_up_one_request(record: Record, clock: Clock) -> None:
    """The others count alone after a second."""
    record.free.clear()
    ours = process(record)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(ours.make("docker.io", RATE).take, clock.now())
        assert ours.make("quay.io", RATE).take(clock.now()) == 0
        assert not held.done()
        record.free.set()
        assert held.result(20) == 0
    assert record.asked <= 2


def test_many_threads_while_a_record_comes_back(record: Record, clock: Clock) -> None:
    """Each gets its wait, whatever the others find."""
    allowance = process(record).make("docker.io", RATE)
    with ThreadPoolExecutor(8) as pool:
        for number in range(50):
            record.failure = OSError("gone") if number % 2 else None
            clock.at += PAUSE
            assert all(wait >= 0 for wait in pool.map(allowance.take, [clock.now()] * 8))
