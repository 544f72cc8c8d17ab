"""The audit, requests for checks and reported problems, over each database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.operation_ports import AuditFilter, AuditRecord, OutsideProblem, ProblemDocument
from provider.ports import Place, ReportedProblem
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.outside_problems import SqlOutsideProblems
from provider.store.operations.person_requests import SqlPersonRequests
from tests.databases import KINDS, migrated_engine
from tests.provider.domain.samples import digest
from tests.provider.store.samples import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture(name="database", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with migrated_engine(request.param, tmp_path) as engine:
        yield engine


def test_acts_at_the_same_time_keep_their_order(database: Engine) -> None:
    """A cursor leads through them, and a place of another list is refused."""
    records = SqlAuditLog(database)
    for number in range(5):
        records.note(AuditRecord(NOW, "ci", "check", f"image-{number}", "done", "because\0", None))
    wanted = AuditFilter(since=NOW, until=NOW + MINUTE)
    first = records.records(wanted, 1, 3)
    second = records.records(wanted, 1, 3, first.end)

    names = [record.name for record in (*first.items, *second.items)]
    assert names == [f"image-{number}" for number in (4, 3, 2, 1, 0)]
    assert [record.name for record in records.every_record(wanted)] == names
    assert (first.total, second.end, first.items[0].reason) == (5, None, "because\ufffd")
    assert records.records(AuditFilter(until=NOW), 1, 3).total == 0
    for place in (Place(NOW.isoformat(), "app"), Place("soon", "1"), Place(NOW.isoformat(), "1 2")):
        with pytest.raises(ValueError, match=r".+"):
            records.records(wanted, 1, 3, place)


def test_requests_are_open_until_they_are_done(database: Engine) -> None:
    """A request that comes while another one is worked on stays."""
    requests = SqlCheckRequests(database)
    requests.ask(["node", "app", "node"], NOW)
    requests.ask(["app", "node"], NOW + MINUTE)
    requests.ask([], NOW + MINUTE)
    taken = requests.open()
    assert [(request.names, request.at) for request in taken] == [(("app", "node"), NOW), ((), NOW + MINUTE)]
    requests.ask(["late"], NOW)
    requests.done(taken)
    requests.done([])

    assert [request.names for request in requests.open()] == [("late",)]


def test_what_people_ask_for_is_open_until_its_outcome_is_noted(database: Engine) -> None:
    """Every field comes back; a request that is sent twice is stored once, and one that ended has its outcome."""
    requests = SqlPersonRequests(database)
    hold = PersonRequest("1", RequestKind.HOLD, "app", "freeze\0", "user:default/jane", NOW, until=NOW + MINUTE)
    wide = PersonRequest(
        "2", RequestKind.EMERGENCY, "node", "openssl", "scanner", NOW, ("base", "app"), digest("a"), "CVE-2026-1234"
    )
    for request in (hold, wide, replace(hold, reason="again")):
        requests.ask(request)

    assert requests.open() == [replace(hold, reason="freeze\0"), wide]
    assert requests.open("node") == [wide]
    assert requests.outcome("1") is None
    requests.close({"1": Outcome(done=False, message="there is no such image\0"), "9": Outcome(True, "")}, NOW)
    requests.close({}, NOW)
    assert requests.open() == [wide]
    assert requests.outcome("1") == Outcome(done=False, message="there is no such image\0")
    assert requests.outcome("9") is None


def test_a_reported_problem_keeps_its_time_until_it_is_solved(database: Engine) -> None:
    """Its line may change; another text is another problem."""
    index = SqlImageIndex(database)
    first = ReportedProblem("app", "images.yaml:3: app: is wrong", "is wrong", "images.yaml", 3)
    moved = ReportedProblem("app", "images.yaml:17: app: is wrong", "is wrong", "images.yaml", 17, "tag\ud800"[:3])
    index.report([first], NOW)
    index.report([ReportedProblem("", "new\0", "new\0"), moved], NOW + MINUTE)

    assert [(each.text, each.line, each.since) for each in index.reported()] == [
        ("new\ufffd", None, NOW + MINUTE),
        ("images.yaml:17: app: is wrong", 17, NOW),
    ]
    assert [each.removes for each in index.reported()] == [(), ()]
    index.report([replace(first, removes=("a", "b"))], NOW)
    assert [each.removes for each in index.reported()] == [("a", "b")]
    index.report([], NOW + MINUTE)
    index.report([first], NOW + 2 * MINUTE)
    assert [each.since for each in index.reported()] == [NOW + 2 * MINUTE]


def test_what_cannot_be_used_keeps_its_time_until_it_can(database: Engine) -> None:
    """A problem with an end is not shown after it; one that is not found again is gone."""
    helper = ProblemDocument("credentials", "", "it failed\0", "Install it.", None, where="docker-credential-a")
    registry = ProblemDocument("registries", "", "it failed", "Wait.", None, where="ghcr.io")
    stored = SqlOutsideProblems(database)
    stored.replace([OutsideProblem(helper), OutsideProblem(registry, NOW + 2 * MINUTE)], NOW)
    stored.replace(
        [OutsideProblem(replace(helper, message="again")), OutsideProblem(registry, NOW + 3 * MINUTE)], NOW + MINUTE
    )

    assert stored.problems(NOW + MINUTE) == [replace(helper, message="again", since=NOW), replace(registry, since=NOW)]
    assert [problem.kind for problem in stored.problems(NOW + 3 * MINUTE)] == ["credentials"]
    stored.replace([OutsideProblem(registry)], NOW + 4 * MINUTE)
    assert stored.problems(NOW + 9 * MINUTE) == [replace(registry, since=NOW)]
    stored.replace([], NOW)
    assert stored.problems(NOW) == []
