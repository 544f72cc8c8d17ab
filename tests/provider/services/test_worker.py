"""Tests of the worker's wake-ups."""

from datetime import UTC, datetime

import pytest

from provider.domain.snapshot import Snapshot
from provider.errors import InternalError
from provider.ports import Beat
from provider.services.worker import Worker
from proxy.errors import Unavailable
from tests.provider.services.test_health import RecordedBeats
from tests.provider.services.world import DAY, NODE, Company, settled

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def working(company: Company) -> tuple[Worker, RecordedBeats]:
    """A worker over a company, and the beats that it stores."""
    beats = RecordedBeats()
    return Worker(company.round, beats, lambda: NOW), beats


def test_a_round_is_reported() -> None:
    """The beat has the position of the snapshot; following is a part of its own, and reports also if it has no work."""
    company = settled()
    worker, beats = working(company)
    worker.follow()
    assert beats.beats() == (Beat("follow", NOW),)
    worker.round()
    position = {"position": company.store.read().position}
    assert beats.beats()[1:] == (Beat("worker", NOW, None, position),)
    company.move(NODE, "node 1")
    company.now += 8 * DAY
    worker.follow()
    assert beats.beats()[2] == Beat("follow", NOW, None, {"position": company.store.read().position})


def test_a_failure_outside_is_reported_and_the_next_round_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next wake-up tries again and reports that there is no problem."""
    company = settled()
    worker, beats = working(company)

    def gone() -> bool:
        raise Unavailable("git is gone")

    with monkeypatch.context() as patch:
        patch.setattr(company.store, "pull", gone)
        worker.round()
    worker.round()
    assert [beat.problem for beat in beats.beats()] == ["git is gone", None]


def test_an_unexpected_error_is_reported_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs count it as a failure; the beat has only the class of the error."""
    company = settled()
    worker, beats = working(company)

    def broken() -> bool:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr(company.store, "pull", broken)
    with pytest.raises(ZeroDivisionError):
        worker.round()
    assert [beat.problem for beat in beats.beats()] == ["ZeroDivisionError: see the log"]


def test_changes_are_announced_after_each_round() -> None:
    """The announcer gets the new snapshot; its failure does not end the round."""
    company = settled()
    beats, announced = RecordedBeats(), []

    def announce(snapshot: Snapshot) -> None:
        announced.append(snapshot.position)
        raise ZeroDivisionError

    worker = Worker(company.round, beats, lambda: NOW, announce)
    worker.round()
    worker.check(["app"])
    assert announced == [company.store.read().position] * 2
    assert [beat.problem for beat in beats.beats()] == [None]


def test_an_unexpected_error_of_a_check_is_an_error_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person who waits gets one line; the log has the traceback."""
    company = settled()

    def broken() -> bool:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(company.store, "pull", broken)
    with pytest.raises(InternalError, match="internal error: RecursionError; see the log"):
        working(company)[0].check(())
