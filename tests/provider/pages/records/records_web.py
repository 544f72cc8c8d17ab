"""The pages of records over a database, for their tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from catalog.image import Conclusion, Failure, Image, Status
from provider.auth.access import Access
from provider.operation_ports import AuditRecord
from provider.ports import Beat, ReportedProblem
from provider.services.known_problems import enrollment_problems, image_problems, worker_problems
from provider.store.beats import SqlBeats
from provider.store.engine import migrate, open_engine
from provider.store.image_histories import SqlImageHistories
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from tests.provider.web_images import NOW, base, managed, rebuild, update
from tests.provider.web_part import web

DAY = timedelta(days=1)
SECRET = "ghp_0123456789abcdef0123456789abcdef0123"


@dataclass(slots=True)
class RecordsWorld:
    """The web part, and what it stores.

    Attributes:
        statements: the statements that were sent to the database.
    """

    app: Flask
    engine: Engine
    index: SqlImageIndex
    audit: SqlAuditLog
    beats: SqlBeats
    statements: list[str]

    @property
    def client(self) -> FlaskClient:
        """A client on this machine."""
        return self.app.test_client()

    def page(self, path: str) -> str:
        """The text of a page."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.get_data(as_text=True)


@contextmanager
def records_world(folder: Path, images: Sequence[Image] = (), access: Access | None = None) -> Iterator[RecordsWorld]:
    """The world with these images."""
    engine = open_engine(f"sqlite:///{folder}/index.db")
    migrate(engine)
    index, audit, beats = SqlImageIndex(engine), SqlAuditLog(engine), SqlBeats(engine)
    index.replace(images, {})
    sources = [partial(enrollment_problems, index), partial(image_problems, index), partial(worker_problems, beats)]
    app = web(index, access, histories=SqlImageHistories(engine), records=audit, problems=sources)
    statements: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    yield RecordsWorld(app, engine, index, audit, beats, statements)
    engine.dispose()


def some_images(count: int = 1) -> list[Image]:
    """A base image that moved, and as many images of two teams, each with rebuilds of today and of other days."""
    node = base("node", updates=(update(60, "d", None, 3), update(3, "a", "d"), update(1, "d", "a")))
    return [node, *(image for number in range(count) for image in _pair(number))]


def _pair(number: int) -> tuple[Image, Image]:
    late = replace(rebuild(1), id=f"late-{number}", completed_at=NOW)
    late = replace(late, causes=(replace(late.causes[0], eligible_at=NOW - DAY),))
    asked = {"requested_by": "user:default/mia", "emergency": True, "cve": "CVE-2026-1", "reason": "openssl"}
    urgent = rebuild(2, id=f"urgent-{number}", **asked)
    failed = rebuild(3, id=f"failed-{number}", conclusion=Conclusion.FAILURE, error="exit code 1", freshness="unknown")
    running = rebuild(0, id=f"running-{number}", conclusion=None, completed_at=None, status="running")
    old = rebuild(40, id=f"old-{number}")
    return (
        managed(f"app-{number:04}", "node", rebuilds=(old, failed, urgent, late), behind_since=NOW - 9 * DAY),
        managed(
            f"shop-{number:04}",
            "node",
            owner="group:default/shop",
            rebuilds=(running,),
            status=Status.FAILED,
            last_error=Failure(NOW - DAY, f"refused {SECRET}: exit code 1"),
        ),
    )


def fill_audit(world: RecordsWorld, count: int = 1) -> None:
    """Store acts: four each time, one of them forty days ago."""
    for number in range(count):
        name = f"app-{number:04}"
        for days, record in (
            (40, AuditRecord(NOW, "ci", "check", name, "done")),
            (2, AuditRecord(NOW, "user:default/mia", "rebuild", name, "done", "openssl", "CVE-2026-1")),
            (1, AuditRecord(NOW, "user:default/ben", "hold", f"shop-{number:04}", "not-allowed", "<b>now</b>")),
            (0, AuditRecord(NOW, "ci", "add-repository", "/api/v1/repositories", "refused")),
        ):
            world.audit.note(replace(record, at=NOW - days * DAY))


def fill_problems(world: RecordsWorld) -> None:
    """Report an entry that is not valid and a worker in trouble."""
    wrong = "'7x' is not a duration; write for example 12h, 7d or 2w"
    world.index.report([ReportedProblem("badentry", wrong, wrong, "images.d/shop.yaml", 12, "rebuildDelay")], NOW)
    world.beats.beat(Beat("worker", NOW - DAY, "git.example.org cannot be reached"))
