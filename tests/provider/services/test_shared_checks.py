"""Several workers over one config repository: together they ask the registries no more often than one."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from provider.domain.times.check_times import CheckTimes
from provider.jobs.process_locks import FileLocks
from provider.services.check_schedule import Pace, SharedChecks
from tests.fakes.check_records import FakeCheckRecords
from tests.provider.services.world import HOUR, MINUTE, NODE, Company, settled


def company(folder: Path) -> Company:
    """A company after its first round, whose processes share their checks; checks are due every hour."""
    noted: dict[str, tuple[CheckTimes, object]] = {}
    turn = partial(FileLocks(folder).acquire, "checking")
    return settled(checks=lambda: SharedChecks(FakeCheckRecords(noted), turn), pace=Pace(HOUR, HOUR))


def test_two_workers_ask_the_registries_no_more_often_than_one(tmp_path: Path) -> None:
    """Whichever has the turn: what one has checked is not due in the other one, also after a start."""
    of = company(tmp_path)
    one = of.round
    of.restart()
    of.registry.calls.clear()
    of.now += HOUR
    one.run()
    asked = len(of.registry.calls)
    assert asked > 0

    for _ in range(5):
        of.now += MINUTE
        of.round.run()
        of.round.follow()
        one.follow()
    of.restart()
    of.round.run()

    assert len(of.registry.calls) == asked


def test_what_is_due_is_checked_by_one_worker_at_a_time(tmp_path: Path) -> None:
    """While another one checks, the rest of the round goes on, and a later turn finds what that one left."""
    of = company(tmp_path)
    of.move(NODE, "node 1")
    of.now += HOUR
    of.registry.calls.clear()
    turn = FileLocks(tmp_path).acquire("checking")
    assert turn
    with turn:
        of.round.run()
    assert of.registry.calls == []

    of.now += timedelta(seconds=15)
    of.round.follow()

    assert of.registry.calls
    (base,) = of.store.read().bases.values()
    assert len(base.ledger.observations) == 2
