"""Tests of the worker's wake-ups."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from provider.domain.snapshot import Snapshot
from provider.errors import InternalError
from provider.jobs.process_locks import FileLocks
from provider.ports import Beat
from provider.services.health import CHECK_TIMES
from provider.services.reacting.wanted import Reacted, Wanted
from provider.services.round import Round
from provider.services.worker import Worker
from proxy.errors import Unavailable
from tests.provider.services.reacting.queues import Requests, reactions
from tests.provider.services.test_health import RecordedBeats
from tests.provider.services.world import DAY, NODE, Company, settled

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class PartBeats(RecordedBeats):
    """The beats of the parts of the worker; `times` has those about when something was checked."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[Beat] = []

    def beat(self, beat: Beat) -> None:
        """Store the beat."""
        if beat.part in CHECK_TIMES:
            self.times.append(beat)
        else:
            super().beat(beat)


def working(company: Company) -> tuple[Worker, PartBeats]:
    """A worker over a company, and the beats that it stores."""
    beats = PartBeats()
    return Worker(reactions(company.round), beats, lambda: NOW), beats


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


def test_a_round_reports_when_each_kind_of_check_was_and_is_next() -> None:
    """The config repository, Dockerfiles and registries have reports of their own, with the time of the next check."""
    company = settled()
    worker, beats = working(company)
    worker.round()
    assert [(beat.part, beat.at) for beat in beats.times] == [
        (part, company.now) for part in ("config", "sources", "digests")
    ]
    following = [beat.details.get("next") for beat in beats.times]
    assert following[0] is None
    dockerfiles, digests = (datetime.fromisoformat(text or "") for text in following[1:])
    assert company.now < dockerfiles <= company.now + company.round.pace.discovery
    assert digests == company.now + company.round.pace.own


def test_a_pull_between_rounds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails reports nothing: the time of the last pull stays."""
    company = settled()
    worker, beats = working(company)
    worker.pull()
    first = company.now
    company.now += DAY

    def gone() -> bool:
        raise Unavailable("git is gone")

    with monkeypatch.context() as patch:
        patch.setattr(company.store, "pull", gone)
        with pytest.raises(Unavailable):
            worker.pull()
    assert beats.times[-1] == Beat("config", first)
    worker.pull()
    assert beats.times[-1] == Beat("config", company.now)


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


def test_what_callers_asked_for_is_left_to_the_next_process() -> None:
    """A worker that ends closes no request for a check that it has not done, and reports no problem."""
    company = settled()
    requests, beats = Requests((), ("app",)), PartBeats()
    worker = Worker(reactions(company.round, requests), beats, lambda: NOW)
    company.stopping.begin()

    worker.round()
    worker.react()

    assert [request.names for request in requests.open()] == [(), ("app",)]
    assert (beats.beats(), beats.times) == ((), [])


def test_changes_are_announced_after_each_round() -> None:
    """The announcer gets the new snapshot; its failure does not end the round."""
    company = settled()
    beats, announced = PartBeats(), []

    def announce(snapshot: Snapshot) -> None:
        announced.append(snapshot.position)
        raise ZeroDivisionError

    worker = Worker(reactions(company.round), beats, lambda: NOW, announce)
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


@pytest.mark.parametrize(
    ("asked", "checked"),
    [
        ([("portal",)], {"portal"}),
        ([("portal",), ("node-22",)], {"portal", "node-22"}),
        ([("portal",), ()], {"portal"}),
        ([("gone",)], {"gone"}),
    ],
)
def test_requested_checks_are_one_reaction(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, ...]], checked: set[str]
) -> None:
    """Once; a check of everything is left to the round."""
    company, requests = settled(), Requests(*asked)
    worker = Worker(reactions(company.round, requests), PartBeats(), lambda: NOW)
    found: list[set[str]] = []
    react = Round.react

    def named(self: Round, wanted: Wanted) -> Reacted:
        found.append(set(wanted.names))
        return react(self, wanted)

    monkeypatch.setattr(Round, "react", named)
    worker.react()
    worker.react()

    assert found == [checked, set()]
    assert [request.names for request in requests.open()] == [each for each in asked if not each]


def test_a_check_of_everything_comes_first_in_a_round() -> None:
    """Even what was just checked is checked again, once; then what is due is done."""
    company, beats, requests = settled(), PartBeats(), Requests(())
    company.registry.calls.clear()
    worker = Worker(reactions(company.round, requests), beats, lambda: NOW)
    worker.round()
    worker.round()

    checked = [str(call.reference) for call in company.registry.calls if call.method == "check"]
    assert sorted(checked) == [NODE, "ghcr.io/acme/portal:latest"]
    assert requests.open() == []
    assert len(beats.beats()) == 3


@pytest.mark.parametrize("names", [("portal",), ()])
def test_a_requested_check_that_fails_is_not_repeated_for_ever(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    """The beat has the problem, and the next rounds do what is due."""
    company, beats, requests = settled(), PartBeats(), Requests(names)

    def gone() -> bool:
        raise Unavailable("git is gone")

    monkeypatch.setattr(company.store, "pull", gone)
    worker = Worker(reactions(company.round, requests), beats, lambda: NOW)
    worker.react()
    worker.round()
    assert requests.open() == []
    assert {beat.problem for beat in beats.beats() if beat.part == "worker"} == {"git is gone"}


@pytest.mark.parametrize(("names", "step"), [(("portal",), "react"), ((), "check")])
def test_a_requested_check_that_ends_unexpectedly_stops_no_later_one(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], step: str
) -> None:
    """The request is gone, and the next round does what is due."""
    company, beats, requests = settled(), PartBeats(), Requests(names)
    worker = Worker(reactions(company.round, requests), beats, lambda: NOW)

    def broken(_self: Round, _wanted: object = None) -> Snapshot:
        raise RecursionError("maximum recursion depth exceeded")

    with monkeypatch.context() as patch:
        patch.setattr(Round, step, broken)
        with pytest.raises(RecursionError):
            (worker.react if names else worker.round)()
    assert requests.open() == []
    worker.round()
    assert beats.beats()[-1].problem is None


def test_what_cannot_be_used_is_noted_after_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after a round that ended early; a note that fails ends no round."""
    noted: list[int] = []

    def note() -> None:
        noted.append(1)
        raise MemoryError

    company, beats = settled(), PartBeats()
    worker = Worker(reactions(company.round), beats, lambda: NOW, note_outside=note)
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
    worker = Worker(reactions(company.round, requests), PartBeats(), lambda: NOW)
    worker.react()

    assert [request.names for request in requests.open()] == [()]
    checked = {str(call.reference) for call in company.registry.calls if call.method == "check"}
    assert checked == {"ghcr.io/acme/portal:latest", NODE}


def test_only_one_reacts_at_a_time() -> None:
    """A request stays open while another thread or process has the lock."""
    requests = Requests(("portal",))
    worker = Worker(reactions(settled().round, requests), PartBeats(), lambda: NOW, alone=lambda: None)
    worker.react()
    assert len(requests.open()) == 1


def test_the_report_of_a_round_names_the_registries_that_rest() -> None:
    """Webhooks report their changes, so their images are checked less often."""
    company = settled()
    worker, beats = working(company)
    company.heard["ghcr.io"] = company.now
    worker.round()
    assert beats.beats()[-1].details["resting"] == "ghcr.io"


def test_of_two_processes_one_reacts(tmp_path: Path) -> None:
    """The lock is one of the operating system, or of PostgreSQL; it ends with the process that has it."""
    locks, requests = FileLocks(tmp_path), Requests(("portal",))
    alone = partial(locks.acquire, "reacting")
    worker = Worker(reactions(settled().round, requests), PartBeats(), lambda: NOW, alone=alone)
    other = locks.acquire("reacting")
    assert other
    worker.react()
    assert len(requests.open()) == 1
    other.release()
    worker.react()
    assert requests.open() == []
