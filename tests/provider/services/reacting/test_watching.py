"""Tests of the watcher: it lets the worker react to what is open, and when it is time."""

import threading
from datetime import timedelta

import pytest

from provider.operation_ports import OpenWork
from provider.services.reacting import watching
from provider.services.reacting.watching import Watcher
from provider.services.worker import Worker
from tests.provider.services.test_health import RecordedBeats
from tests.provider.services.test_worker import Requests
from tests.provider.services.world import DAY, HOUR, NODE, WINDOW, Company, settled

_SECONDS = 20


class Watched:
    """A watcher over a company and its clock, with what it finds open."""

    def __init__(self, company: Company, *names: tuple[str, ...]) -> None:
        self.rounds = 0
        self.requests = Requests(*names)
        worker = Worker(company.round, RecordedBeats(), lambda: company.now, requests=self.requests)
        self.watcher = Watcher(worker, self.found, self.wake, lambda: company.now)

    def found(self) -> OpenWork:
        """What is open."""
        whole = [request.id for request in self.requests.open() if not request.names]
        return OpenWork(any(request.names for request in self.requests.open()), max(whole, default=None))

    def wake(self) -> None:
        """Count the rounds that were woken."""
        self.rounds += 1


def test_a_request_is_reacted_to_at_the_next_look() -> None:
    """No round is needed."""
    watched = Watched(settled(), ("portal",))
    assert watched.watcher.look()
    assert (watched.requests.open(), watched.rounds) == ([], 0)


def test_a_check_of_everything_wakes_the_round_once() -> None:
    """It stays open until the round has done it; a newer request wakes the round again."""
    company = settled()
    watched = Watched(company, ())
    for _ in range(3):
        assert watched.watcher.look()
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
        assert watched.watcher.look()
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


def test_the_thread_looks_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is logged, and it looks again."""
    monkeypatch.setattr(watching, "BETWEEN_LOOKS", 0.001)
    looked, looks = threading.Event(), list[int]()

    def found() -> OpenWork:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("the database is locked")
        looked.set()
        return OpenWork(reactions=False)

    company = settled()
    worker = Worker(company.round, RecordedBeats(), lambda: company.now)
    watcher = Watcher(worker, found, lambda: None, lambda: company.now)
    watcher.start()
    assert looked.wait(_SECONDS)
    assert watcher.stop()
