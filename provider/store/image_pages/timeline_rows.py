"""The rows of an image's timeline: its rebuilds, its digests, and those of the images that it depends on."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, Table, and_, func, literal, select, true, tuple_, union_all

from catalog.image import RebuildDocument, UpdateDocument
from provider.operation_ports import AuditRecord, HistoryFilter
from provider.store.image_rows import storable
from provider.store.json_dataclasses import loaded
from provider.store.operations.audit import audit
from provider.store.tables import SortableText, UtcTime, image_rebuilds, image_updates
from provider.timeline_ports import EntryKey, HistoryRow

_REBUILD, _UPDATE = "rebuild", "update"
_KINDS: dict[str, type[RebuildDocument | UpdateDocument]] = {_REBUILD: RebuildDocument, _UPDATE: UpdateDocument}


class SqlTimelineRows:
    """Implements `provider.timeline_ports.TimelineRows` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(
        self, image: str, bases: Sequence[str], wanted: HistoryFilter, most: int, after: EntryKey | None = None
    ) -> Sequence[HistoryRow]:
        """The newest rows; see TimelineRows."""
        parts = [
            _newest(table, source, and_(_condition(table, names, wanted), _following(table, source, after)), most)
            for table, source, names in _tables(image, bases)
        ]
        # SQLite takes an order and a limit inside of a union only in a query of their own.
        every = union_all(*(select(part.subquery()) for part in parts)).subquery()
        order = (every.c.at.desc(), every.c.source.desc(), every.c.image.desc(), every.c.id.desc())
        with self._engine.connect() as connection:
            found = connection.execute(select(every).order_by(*order).limit(most)).all()
        return [_row(row) for row in found]

    def total(self, image: str, bases: Sequence[str], wanted: HistoryFilter) -> int:
        """The number of all rows."""
        counts = (
            select(func.count()).select_from(table).where(_condition(table, names, wanted)).scalar_subquery()
            for table, _, names in _tables(image, bases)
        )
        first, second = counts
        with self._engine.connect() as connection:
            total: int = connection.execute(select(first + second)).scalar_one()
        return total

    def acts(self, image: str, most: int) -> Sequence[AuditRecord]:
        """The newest acts of callers on the image that were done."""
        done = select(audit).where(audit.c.name == storable(image), audit.c.outcome == "done")
        with self._engine.connect() as connection:
            found = connection.execute(done.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)).all()
        return [
            AuditRecord(row.at, row.caller, row.action, row.name, row.outcome, row.reason, row.cve) for row in found
        ]


def _tables(image: str, bases: Sequence[str]) -> tuple[tuple[Table, str, Sequence[str]], ...]:
    return (image_rebuilds, _REBUILD, [image]), (image_updates, _UPDATE, [image, *bases])


def _newest(table: Table, source: str, wanted: ColumnElement[bool], most: int) -> Select[*tuple[Any, ...]]:
    columns = (table.c.at, _constant(source).label("source"), table.c.image, table.c.id, table.c.document)
    order = (table.c.at.desc(), table.c.image.desc(), table.c.id.desc())
    return select(*columns).where(wanted).order_by(*order).limit(most)


def _condition(table: Table, names: Sequence[str], wanted: HistoryFilter) -> ColumnElement[bool]:
    since = true() if wanted.since is None else table.c.at >= wanted.since
    until = true() if wanted.until is None else table.c.at < wanted.until
    return and_(table.c.image.in_([storable(name) for name in names]), since, until)


def _following(table: Table, source: str, after: EntryKey | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    here = tuple_(table.c.at, _constant(source), table.c.image, table.c.id)
    there = tuple_(literal(after.at, UtcTime), *(_constant(storable(text)) for text in after[1:]))
    return here < there


def _constant(text: str) -> ColumnElement[str]:
    return literal(text, SortableText)


def _row(row: Row[*tuple[Any, ...]]) -> HistoryRow:
    return HistoryRow(EntryKey(row.at, row.source, row.image, row.id), partial(_document, row.source, row.document))


def _document(source: str, text: str) -> RebuildDocument | UpdateDocument:
    return loaded(_KINDS[source], json.loads(text))
