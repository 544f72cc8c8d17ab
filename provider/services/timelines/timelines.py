"""The timeline of an image: moves of digests, rebuilds, acts of people and changes of its enrollment, newest first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import islice

from catalog.image import DependencyRole, Image, RebuildDocument
from provider.domain.timeline.entries import TimelineEntry, rebuild_entry, state_entries, update_entry
from provider.operation_ports import HistoryFilter, HistoryPage
from provider.ports import Place
from provider.services.timelines.acts import act_entries, commit_entries, merged
from provider.timeline_ports import EntryHistories, EntryHistory, EntryKey, HistoryRow, TimelineRows

_NO_CAUSES = (DependencyRole.UNUSED, DependencyRole.SYNTAX)
_MOST_ACTS = 1000
_ROWS_AT_ONCE = 500
_NO_CHECKOUT = EntryHistory(problem="this service has no checkout of the config repository")


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of a timeline, and how much of it git has."""

    page: HistoryPage[TimelineEntry]
    enrollment: EntryHistory


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with its key; a history is converted only where it is shown."""

    key: EntryKey
    entry: Callable[[], TimelineEntry]


@dataclass(frozen=True, slots=True)
class Timelines:
    """Reads timelines.

    Attributes:
        rows: what the database has.
        entries: what git has; None where there is no checkout.
    """

    rows: TimelineRows
    entries: EntryHistories | None = None

    def part(
        self,
        image: Image,
        wanted: HistoryFilter,
        page: int,
        size: int,
        after: Place | None = None,
        *,
        wait_seconds: float,
    ) -> Timeline:
        """A page, counted from 1 or from the place `after`; of the filter, only the times count.

        Args:
            image: the image, without its histories.
            wanted: the period.
            page: its number.
            size: so many entries at most.
            after: only entries after this place.
            wait_seconds: how long to wait for git.

        Raises:
            ValueError: `after` is not a place in this list.
        """
        known = self.entries.of(image.name, wait_seconds) if self.entries else _NO_CHECKOUT
        few = self._few(image, known, wanted)
        bases = _bases(image)
        below = _key_of(after) if after else None
        end = page * size
        rows = self.rows.rows(image.name, bases, wanted, end + 1, below)
        found = list(islice(_merged(image.name, rows, few, below), end - size, end + 1))
        place = _place_of(found[size - 1].key) if len(found) > size else None
        total = self.rows.total(image.name, bases, wanted) + len(few)
        return Timeline(HistoryPage([each.entry() for each in found[:size]], total, place), known)

    def every(self, image: Image, wanted: HistoryFilter, *, wait_seconds: float) -> Iterator[TimelineEntry]:
        """All entries, for an export; read in parts."""
        known = self.entries.of(image.name, wait_seconds) if self.entries else _NO_CHECKOUT
        few = self._few(image, known, wanted)
        below: EntryKey | None = None
        while True:
            rows = self.rows.rows(image.name, _bases(image), wanted, _ROWS_AT_ONCE, below)
            part = list(islice(_merged(image.name, rows, few, below), _ROWS_AT_ONCE))
            yield from (each.entry() for each in part)
            if len(part) < _ROWS_AT_ONCE:
                return
            below = part[-1].key

    def _few(self, image: Image, known: EntryHistory, wanted: HistoryFilter) -> list[_Placed]:
        """The entries that are not in the histories of the index, the newest first."""
        acts = act_entries(self.rows.acts(image.name, _MOST_ACTS))
        every = merged(state_entries(image), acts, commit_entries(known.commits))
        found = [
            _Placed(EntryKey(entry.at, entry.kind.value, entry.name, f"{number:06}"), partial(_same, entry))
            for number, entry in enumerate(sorted(every, key=lambda entry: entry.at))
            if _is_wanted(entry.at, wanted)
        ]
        return sorted(found, key=lambda each: each.key, reverse=True)


def _merged(
    image: str, rows: Sequence[HistoryRow], few: Sequence[_Placed], below: EntryKey | None
) -> Iterator[_Placed]:
    histories = (_Placed(row.key, partial(_history, image, row)) for row in rows)
    following = (each for each in few if below is None or each.key < below)
    return merge(histories, following, key=lambda each: each.key, reverse=True)


def _history(image: str, row: HistoryRow) -> TimelineEntry:
    document = row.document()
    if isinstance(document, RebuildDocument):
        return rebuild_entry(image, document)
    return update_entry(image, row.key.image, document)


def _same(entry: TimelineEntry) -> TimelineEntry:
    return entry


def _bases(image: Image) -> list[str]:
    """The images that it is built from; what only reads the Dockerfile, or is not pulled, says nothing about it."""
    return list(dict.fromkeys(each.name for each in image.dependencies if each.role not in _NO_CAUSES))


def _is_wanted(at: datetime, wanted: HistoryFilter) -> bool:
    return (wanted.since is None or at >= wanted.since) and (wanted.until is None or at < wanted.until)


def _place_of(key: EntryKey) -> Place:
    return Place(key.at.isoformat(), f"{key.source} {key.image} {key.id}")


def _key_of(place: Place) -> EntryKey:
    at, texts = datetime.fromisoformat(place.key), place.name.split(" ")
    if at.tzinfo is None or len(texts) != len(EntryKey._fields) - 1:
        raise ValueError("not a place in this list")
    return EntryKey(at, *texts)
