"""Tests of the watcher: it lets the worker react to what is open, and when it is time."""

import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest

from provider.domain.snapshot import Snapshot
from provider.operation_ports import OpenWork
from provider.services.reacting import watching
from provider.services.reacting.watching import Watcher
from provider.services.standstill.works import Works
from provider.services.worker import Worker
from proxy.errors import Unavailable
from tests.provider.services.reacting.queues import Requests, reactions
from tests.provider.services.test_health import NOW, RecordedBeats
from tests.provider.services.world import DAY, HOUR, NODE, WINDOW, Company, settled

_SECONDS = 20


class Watched:
    """A watcher over a company and its clock, with what it finds open."""

    def __init__(self, company: Company, *names: tuple[str, ...]) -> None:
        self.rounds = self.reports = 0
        self.requests = Requests(*names)
        self.busy_elsewhere = False
        worker = Worker(reactions(company.round, self.requests), RecordedBeats(), lambda: company.now, alone=self.turn)
        self.watcher = Watcher(worker, self.found, self.wake, lambda: company.now, Works(), self.report)

    def found(self) -> OpenWork:
        """What is open."""
        whole = [request.id for request in self.requests.open() if not request.names]
        named = [request.id for request in self.requests.open() if request.names]
        return OpenWork(((min(named, default=None), max(named, default=None)),), max(whole, default=None))

    def wake(self) -> None:
        """Count the rounds that were woken."""
        self.rounds += 1

    def report(self) -> None:
        """Count the reports."""
        self.reports += 1

    def turn(self) -> AbstractContextManager[object] | None:
        """The turn to react; None while another process has it."""
        return None if self.busy_elsewhere else nullcontext()


def test_a_request_is_reacted_to_at_the_next_look() -> None:
    """No round is needed."""
    watched = Watched(settled(), ("portal",))
    watched.watcher.look()
    assert (watched.requests.open(), watched.rounds) == ([], 0)


def test_each_look_is_reported_unless_another_process_has_what_is_open() -> None:
    """So /readyz says that reactions stand still where the process that has them hangs, whatever the others do."""
    watched = Watched(settled(), ("portal",))
    watched.busy_elsewhere = True
    watched.watcher.look()
    assert watched.reports == 0
    watched.busy_elsewhere = False
    watched.requests.ask(("portal",), NOW)
    watched.watcher.look()
    watched.watcher.look()
    assert (watched.reports, watched.requests.open()) == (2, [])


def test_a_check_of_everything_wakes_the_round_once() -> None:
    """It stays open until the round has done it; a newer request wakes the round again."""
    company = settled()
    watched = Watched(company, ())
    for _ in range(3):
        watched.watcher.look()
    assert (len(watched.requests.open()), watched.rounds) == (1, 1)
    watched.requests.ask((), company.now)
    watched.watcher.look()
    assert watched.rounds == 2


def test_without_work_nothing_is_done() -> None:
    """A look is one question to the database."""
    company = settled()
    watched = Watched(company)
    company.registry.calls.clear()
    for _ in range(5):
        watched.watcher.look()
    assert (company.registry.calls, watched.rounds) == ([], 0)


def test_req_4_3_what_becomes_eligible_is_dispatched_then_whatever_the_intervals() -> None:
    """The window opens when the digest has aged, and the rebuild goes when the window ends; no round comes between."""
    company = settled()
    watched = Watched(company)
    company.move(NODE, "node 1")
    company.after(HOUR)
    aged = company.now + 7 * DAY

    company.now = aged - timedelta(seconds=1)
    watched.watcher.look()
    assert company.image().pending is None
    company.now = aged
    watched.watcher.look()
    assert company.image().pending is not None
    company.now = aged + WINDOW - timedelta(seconds=1)
    watched.watcher.look()
    assert company.builds.dispatches == []
    company.now = aged + WINDOW
    watched.watcher.look()
    assert len(company.builds.dispatches) == 1


@pytest.mark.parametrize("delay", [timedelta(seconds=1), timedelta(hours=36), 30 * DAY])
def test_the_time_of_the_next_decision_is_that_of_the_first_image(delay: timedelta) -> None:
    """Another image with a longer delay does not put it off."""
    company = settled()
    company.enroll("quick", rebuild_delay=delay)
    company.after(HOUR)
    company.move(NODE, "node 1")
    company.after(HOUR)
    assert company.round.next_decision == company.now + min(delay, 7 * DAY)


def test_the_thread_looks_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error is logged, and it looks again."""
    monkeypatch.setattr(watching, "BETWEEN_LOOKS", timedelta(milliseconds=1))
    looked, looks = threading.Event(), list[int]()

    def found() -> OpenWork:
        looks.append(1)
        if len(looks) <= 2:
            raise OSError("the database is locked")
        looked.set()
        return OpenWork()

    company = settled()
    worker = Worker(reactions(company.round), RecordedBeats(), lambda: company.now)
    watcher = Watcher(worker, found, lambda: None, lambda: company.now, Works(), lambda: None)
    watcher.start()
    assert looked.wait(_SECONDS)
    assert watcher.stop(20)
    assert [record.getMessage() for record in caplog.records] == [
        "the worker could not react; it tries again in 0 s"
    ] * 2


def test_what_cannot_be_done_is_tried_again_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most half a minute apart; anything new is done at once."""
    company = settled()
    tries = list[int]()
    open_now = OpenWork(((1, 1),))
    monkeypatch.setattr(Worker, "react", lambda _self: tries.append(1))
    worker = Worker(reactions(company.round), RecordedBeats(), lambda: company.now)
    watcher = Watcher(worker, lambda: open_now, lambda: None, lambda: company.now, Works(), lambda: None)
    for _ in range(240):
        watcher.look()
        company.now += timedelta(seconds=0.5)
    assert len(tries) == 8

    open_now = OpenWork(((1, 2),))
    watcher.look()
    assert len(tries) == 9


def test_a_time_of_a_decision_that_fails_is_not_tried_twice_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The config repository cannot be used for a minute."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    watched, tries = Watched(company), list[int]()

    def gone() -> Snapshot:
        tries.append(1)
        raise Unavailable("git is gone")

    company.now += 7 * DAY
    with monkeypatch.context() as patch:
        patch.setattr(company.store, "read", gone)
        for _ in range(120):
            watched.watcher.look()
            company.now += timedelta(seconds=0.5)
    assert 1 < len(tries) < 8
    company.now += timedelta(seconds=30)
    watched.watcher.look()
    assert company.image().pending is not None
