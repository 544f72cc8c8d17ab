"""The ports of an image's timeline: what the database has of it, and what git has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from catalog.image import RebuildDocument, UpdateDocument
from provider.operation_ports import AuditRecord, HistoryFilter


class EntryKey(NamedTuple):
    """The place of an entry: entries are ordered by their keys, the greatest first. No text has a space."""

    at: datetime
    source: str
    image: str
    id: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An entry of a history; `document` converts it, which takes longer than reading its row."""

    key: EntryKey
    document: Callable[[], RebuildDocument | UpdateDocument]


class TimelineRows(Protocol):
    """What the database has of the timeline of one image."""

    def rows(
        self, image: str, bases: Sequence[str], wanted: HistoryFilter, most: int, after: EntryKey | None = None
    ) -> Sequence[HistoryRow]:
        """The newest rebuilds and digests of the image, and digests of the images it depends on, in one query.

        Args:
            image: its name.
            bases: the names of the images that it depends on.
            wanted: of the filter, only the times count.
            most: so many rows at most.
            after: only rows with smaller keys.
        """

    def total(self, image: str, bases: Sequence[str], wanted: HistoryFilter) -> int:
        """The number of all these rows."""

    def acts(self, image: str, most: int) -> Sequence[AuditRecord]:
        """The newest acts of callers on the image that were done."""


@dataclass(frozen=True, slots=True)
class EntryCommit:
    """A commit that changed the entry of an image.

    Attributes:
        image: the name in the entry.
        by: who asked for it, else its author.
        subject: the first line of its message.
        file: the path of the file of enrollments.
        added: the entry was not in the file before.
        removed: it is not there any more.
        changes: the lines that differ, with `-` or `+` before them.
    """

    commit: str
    at: datetime
    image: str
    by: str
    subject: str
    file: str
    added: bool
    removed: bool
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryHistory:
    """The commits that changed the entry of an image, as far as they are known.

    Attributes:
        commits: the newest first.
        problem: why they are not known, or not all of them; None: they are complete.
        reading: they are being read; ask again in a moment.
    """

    commits: Sequence[EntryCommit] = ()
    problem: str | None = None
    reading: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether all commits are known."""
        return self.problem is None and not self.reading


class EntryHistories(Protocol):
    """Reads the history of enrollments from git, outside of the caller's thread."""

    def of(self, image: str, wait_seconds: float) -> EntryHistory:
        """The history of one entry; it waits no longer than this for git."""
