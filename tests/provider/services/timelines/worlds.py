"""Timelines over a database, and a history of entries that the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from catalog.image import Image
from provider.operation_ports import AuditRecord
from provider.services.timelines.timelines import Timelines
from provider.store.engine import migrate, open_engine
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from provider.timeline_ports import EntryHistory
from tests.provider.web_images import NOW


@dataclass(slots=True)
class ScriptedEntries:
    """Implements `EntryHistories` with what the test sets; `waited` has how long each reader would have waited."""

    found: EntryHistory = field(default_factory=EntryHistory)
    waited: list[float] = field(default_factory=list)

    def of(self, image: str, wait_seconds: float) -> EntryHistory:
        """What the test has set."""
        self.waited.append(wait_seconds)
        commits = [commit for commit in self.found.commits if commit.image == image]
        return EntryHistory(commits, self.found.problem, self.found.reading)


@dataclass(slots=True)
class TimelineWorld:
    """The timelines and what they are made of."""

    timelines: Timelines
    index: SqlImageIndex
    records: SqlAuditLog
    entries: ScriptedEntries

    def act(self, action: str, minutes: int, name: str = "app", outcome: str = "done") -> None:
        """Jane did this, so many minutes before now."""
        at = NOW - timedelta(minutes=minutes)
        self.records.note(AuditRecord(at, "user:default/jane", action, name, outcome, f"why {action}"))


@contextmanager
def timeline_world(folder: Path, *images: Image) -> Iterator[TimelineWorld]:
    """The world with these images."""
    engine = open_engine(f"sqlite:///{folder}/index.db")
    migrate(engine)
    index, entries = SqlImageIndex(engine), ScriptedEntries()
    index.replace(images, {})
    yield TimelineWorld(Timelines(SqlTimelineRows(engine), entries), index, SqlAuditLog(engine), entries)
    engine.dispose()
