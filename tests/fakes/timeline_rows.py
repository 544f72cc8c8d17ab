"""The rows of timelines in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catalog.image import RebuildDocument, UpdateDocument
from provider.operation_ports import AuditRecord, HistoryFilter
from provider.timeline_ports import EntryKey, HistoryRow
from tests.fakes.image_index import FakeImageIndex


@dataclass(slots=True)
class FakeTimelineRows:
    """Implements `provider.timeline_ports.TimelineRows` over the images of a fake index, and acts that a test adds."""

    index: FakeImageIndex
    done: list[AuditRecord] = field(default_factory=list)

    def rows(
        self, image: str, bases: Sequence[str], wanted: HistoryFilter, most: int, after: EntryKey | None = None
    ) -> Sequence[HistoryRow]:
        """The newest rows."""
        found = [row for row in self._all(image, bases, wanted) if after is None or row.key < after]
        return sorted(found, key=lambda row: row.key, reverse=True)[:most]

    def total(self, image: str, bases: Sequence[str], wanted: HistoryFilter) -> int:
        """The number of all rows."""
        return len(list(self._all(image, bases, wanted)))

    def acts(self, image: str, most: int) -> Sequence[AuditRecord]:
        """The newest acts that were done."""
        found = [record for record in self.done if record.name == image and record.outcome == "done"]
        return sorted(found, key=lambda record: record.at, reverse=True)[:most]

    def _all(self, image: str, bases: Sequence[str], wanted: HistoryFilter) -> Iterator[HistoryRow]:
        known = self.index.images
        rows = [_row(image, "rebuild", rebuild.id, rebuild) for rebuild in known[image].rebuilds]
        for name in (image, *bases):
            updates = known[name].updates if name in known else ()
            rows += [_row(name, "update", f"{number:06}", update) for number, update in enumerate(updates)]
        for row in rows:
            since, until = wanted.since or row.key.at, wanted.until
            if row.key.at >= since and (until is None or row.key.at < until):
                yield row


def _row(image: str, source: str, identity: str, document: RebuildDocument | UpdateDocument) -> HistoryRow:
    at = document.requested_at if isinstance(document, RebuildDocument) else document.first_seen
    return HistoryRow(EntryKey(at, source, image, identity), lambda: document)
