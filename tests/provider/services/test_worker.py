"""Tests of the worker's wake-ups."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from provider.domain.snapshot import Snapshot
from provider.errors import InternalError
from provider.operation_ports import CheckRequest
from provider.ports import Beat
from provider.services.reacting.wanted import Wanted
from provider.services.round import Round
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


class Requests:
    """Requests for checks in memory."""

    def __init__(self, *names: tuple[str, ...]) -> None:
        self._open = [CheckRequest(number, NOW, each) for number, each in enumerate(names)]

    def ask(self, names: Sequence[str], at: datetime) -> None:
        """Add one."""
        self._open.append(CheckRequest(len(self._open), at, tuple(names)))

    def open(self) -> Sequence[CheckRequest]:
        """All that are left."""
        return list(self._open)

    def done(self, requests: Sequence[CheckRequest]) -> None:
        """Remove these."""
        self._open = [each for each in self._open if each not in requests]


@pytest.mark.parametrize(
    ("asked", "checked"),
    [
        ([("portal",)], {"portal"}),
        ([("portal",), ("node-22",)], {"portal", "node-22"}),
        ([("portal",), ()], set()),
        ([("gone",)], {"gone"}),
    ],
)
def test_requested_checks_come_first_and_once(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, ...]], checked: set[str]
) -> None:
    """Without names everything is checked; what is due is done too."""
    company, beats, requests = settled(), RecordedBeats(), Requests(*asked)
    worker = Worker(company.round, beats, lambda: NOW, requests=requests)
    found: list[set[str]] = []
    check, react = Round.check, Round.react

    def whole(self: Round) -> Snapshot:
        found.append(set())
        return check(self)

    def named(self: Round, wanted: Wanted) -> Snapshot:
        found.append(set(wanted.names))
        return react(self, wanted)

    monkeypatch.setattr(Round, "check", whole)
    monkeypatch.setattr(Round, "react", named)
    worker.round()
    worker.round()

    assert found == [checked]
    assert requests.open() == []
    assert len(beats.beats()) == 3


def test_a_requested_check_that_fails_is_not_repeated_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The beat has the problem, and the next rounds do what is due."""
    company, beats, requests = settled(), RecordedBeats(), Requests(("portal",))

    def gone() -> bool:
        raise Unavailable("git is gone")

    monkeypatch.setattr(company.store, "pull", gone)
    Worker(company.round, beats, lambda: NOW, requests=requests).round()
    assert requests.open() == []
    assert {beat.problem for beat in beats.beats()} == {"git is gone"}


def test_a_requested_check_that_ends_unexpectedly_stops_no_later_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is gone, and the next round does what is due."""
    company, beats, requests = settled(), RecordedBeats(), Requests(("portal",))
    worker = Worker(company.round, beats, lambda: NOW, requests=requests)

    def broken(_self: Round, _wanted: Wanted) -> Snapshot:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(Round, "react", broken)
    with pytest.raises(RecursionError):
        worker.round()
    worker.round()
    assert requests.open() == []
    assert beats.beats()[-1].problem is None


def test_what_cannot_be_used_is_noted_after_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after a round that ended early; a note that fails ends no round."""
    noted: list[int] = []

    def note() -> None:
        noted.append(1)
        raise MemoryError

    company, beats = settled(), RecordedBeats()
    worker = Worker(company.round, beats, lambda: NOW, note_outside=note)
    worker.round()
    assert beats.beats()[-1].problem is None
    monkeypatch.setattr(company.store, "read", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        worker.round()
    assert len(noted) == 2


def test_a_reaction_does_only_what_is_asked_by_name() -> None:
    """A check of everything waits for a round: it would keep other requests waiting."""
    company, requests = settled(), Requests(("portal",), ())
    company.registry.calls.clear()
    worker = Worker(company.round, RecordedBeats(), lambda: NOW, requests=requests)
    assert worker.react()

    assert [request.names for request in requests.open()] == [()]
    checked = {str(call.reference) for call in company.registry.calls if call.method == "check"}
    assert checked == {"ghcr.io/acme/portal:latest", NODE}


def test_only_one_reacts_at_a_time() -> None:
    """A request stays open while another thread or process has the lock."""
    requests = Requests(("portal",))
    worker = Worker(settled().round, RecordedBeats(), lambda: NOW, requests=requests, alone=lambda: None)
    assert worker.react()
    assert len(requests.open()) == 1


def test_a_reaction_that_failed_comes_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The config repository cannot be reached: the watcher pauses."""
    company = settled()

    def gone() -> bool:
        raise Unavailable("git is gone")

    monkeypatch.setattr(company.store, "read", gone)
    assert not working(company)[0].react()
