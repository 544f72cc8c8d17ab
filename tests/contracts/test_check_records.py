"""The contract of the times of checks that processes share, over each database and the fake."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from provider.check_ports import CheckRecords
from provider.domain.times.check_times import CheckTimes, succeeded
from provider.store.operations.check_times import SqlCheckRecords
from tests.databases import KINDS, migrated_engine
from tests.fakes.check_records import FakeCheckRecords
from tests.provider.store.samples import NOW

MINUTE = timedelta(minutes=1)
NODE, PORTAL = "docker.io/library/node:22", "ghcr.io/acme/portal:latest"


class Clock:
    """The clock of all processes."""

    now = NOW

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock."""
    return Clock()


@pytest.fixture(params=["fake", *KINDS])
def process(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], CheckRecords]]:
    """Starts a process that shares the times with the others."""
    if request.param == "fake":
        shared: dict[str, tuple[CheckTimes, object]] = {}
        yield lambda: FakeCheckRecords(shared)
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield lambda: SqlCheckRecords(engine, clock)


def test_what_one_process_checks_is_news_for_the_others(process: Callable[[], CheckRecords], clock: Clock) -> None:
    """Not for itself; a process that starts later is told everything, with failures and pauses."""
    one, two = process(), process()
    assert (one.news(), two.news()) == ({}, {})
    failed = CheckTimes(NOW, 3, NOW + MINUTE)
    one.note({NODE: succeeded(NOW), PORTAL: failed})
    one.note({})

    assert one.news() == {}
    assert two.news() == process().news() == {NODE: succeeded(NOW), PORTAL: failed}

    clock.now += 5 * MINUTE
    two.note({PORTAL: succeeded(clock.now)})
    assert one.news() == {PORTAL: succeeded(clock.now)}
    assert PORTAL not in two.news()
    clock.now += 5 * MINUTE
    one.note({NODE: CheckTimes(None, 0, clock.now)})
    assert two.news() == {NODE: CheckTimes(None, 0, clock.now)}


def test_what_was_seen_once_is_not_read_for_ever(process: Callable[[], CheckRecords], clock: Clock) -> None:
    """Ten thousand times that were read are not read again each time; what comes after is."""
    one, two = process(), process()
    one.note({f"ghcr.io/acme/app-{number}:latest": succeeded(NOW) for number in range(10_000)})
    assert len(two.news()) == 10_000
    clock.now += 5 * MINUTE
    two.news()
    clock.now += 5 * MINUTE
    one.note({NODE: succeeded(clock.now)})

    assert two.news() == {NODE: succeeded(clock.now)}


def test_a_removed_reference_is_forgotten(process: Callable[[], CheckRecords]) -> None:
    """Others stay, and one that is not known is no error."""
    one = process()
    one.note({NODE: succeeded(NOW), PORTAL: succeeded(NOW)})
    one.forget([PORTAL, "docker.io/library/unknown:1"])
    one.forget([])

    assert process().news() == {NODE: succeeded(NOW)}
