"""Tests of the worker's wake-ups."""

from datetime import UTC, datetime

import pytest

from provider.domain.snapshot import Snapshot
from provider.ports import Beat
from provider.services.worker import Worker
from proxy.errors import Unavailable
from tests.provider.services.test_health import Told
from tests.provider.services.world import Company, settled

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def working(company: Company) -> tuple[Worker, Told]:
    """A worker over a company, and what it tells."""
    told = Told()
    return Worker(company.round, told, lambda: NOW), told


def test_a_look_is_told() -> None:
    """With the position of the snapshot; following does nothing while nothing is under way."""
    company = settled()
    worker, told = working(company)
    worker.follow()
    assert told.beats() == ()
    worker.round()
    assert told.beats() == (Beat("worker", NOW, None, {"position": company.store.read().position}),)


def test_a_failure_of_the_world_is_told_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next wake-up tries again and tells that all is well."""
    company = settled()
    worker, told = working(company)

    def gone() -> bool:
        raise Unavailable("git is gone")

    with monkeypatch.context() as patch:
        patch.setattr(company.store, "pull", gone)
        worker.round()
    worker.round()
    assert [beat.problem for beat in told.beats()] == ["git is gone", None]


def test_the_unforeseen_is_told_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs count it as a failure; its message stays in the log."""
    company = settled()
    worker, told = working(company)

    def broken() -> bool:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr(company.store, "pull", broken)
    with pytest.raises(ZeroDivisionError):
        worker.round()
    assert [beat.problem for beat in told.beats()] == ["ZeroDivisionError: see the log"]


def test_what_changed_is_handed_on_after_each_look() -> None:
    """With the snapshot as they are; that it cannot be handed on cuts no look short."""
    company = settled()
    told, handed = Told(), []

    def news(snapshot: Snapshot) -> None:
        handed.append(snapshot.position)
        raise ZeroDivisionError

    worker = Worker(company.round, told, lambda: NOW, news)
    worker.round()
    worker.check(["app"])
    assert handed == [company.store.read().position] * 2
    assert [beat.problem for beat in told.beats()] == [None]
