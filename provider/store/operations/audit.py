"""The acts of callers in the database. They are kept forever, unless a setting limits that."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Index, Integer, Row, Table, Text, and_, delete, func, insert

from provider.operation_ports import AuditFilter, AuditRecord, HistoryPage
from provider.ports import Place
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.newest_first import NewestFirst
from provider.store.records.conditions import owned_by, within, words
from provider.store.tables import SortableText, UtcTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("caller", SortableText, nullable=False),
    Column("action", SortableText, nullable=False),
    Column("name", SortableText, nullable=False),
    Column("outcome", SortableText, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cve", Text),
    Index("audit_by_at", "at", "id"),
    Index("audit_by_name", "name", "at", "id"),
    sqlite_autoincrement=True,
)
_RECORDS = NewestFirst(audit, ("id",))
_LONGEST = 1000


class SqlAuditLog:
    """Implements `provider.ports.AuditLog` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, record: AuditRecord) -> None:
        """Store a record; texts of more than 1,000 characters are cut."""
        texts = {
            "caller": record.caller,
            "action": record.action,
            "name": record.name,
            "outcome": record.outcome,
            "reason": record.reason,
            "cve": record.cve,
        }
        row = {key: None if text is None else storable(text[:_LONGEST]) for key, text in texts.items()}
        with writing(self._engine) as connection:
            connection.execute(insert(audit).values(at=record.at, **row))

    def records(
        self, wanted: AuditFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[AuditRecord]:
        """A page of records, newest first."""
        with self._engine.connect() as connection:
            found, total, end = _RECORDS.page(connection, _condition(wanted), page, size, after)
        return HistoryPage([_record(row) for row in found], total, end)

    def forget(self, before: datetime) -> None:
        """Remove the records from before this time."""
        with writing(self._engine) as connection:
            connection.execute(delete(audit).where(audit.c.at < before))

    def every_record(self, wanted: AuditFilter) -> Iterator[AuditRecord]:
        """All these records, newest first."""
        return map(_record, _RECORDS.every(self._engine, _condition(wanted)))


def _condition(wanted: AuditFilter) -> ColumnElement[bool]:
    terms = [
        column == storable(text)
        for column, text in (
            (audit.c.action, wanted.action),
            (audit.c.outcome, wanted.outcome),
            (audit.c.name, wanted.name),
        )
        if text is not None
    ]
    if wanted.caller is not None:
        terms.append(func.lower(audit.c.caller) == func.lower(storable(wanted.caller)))
    if owners := words(wanted.owner):
        terms.append(audit.c.name.in_(owned_by(owners)))
    return and_(within(audit.c.at, wanted.since, wanted.until), *terms)


def _record(row: Row[*tuple[Any, ...]]) -> AuditRecord:
    return AuditRecord(row.at, row.caller, row.action, row.name, row.outcome, row.reason, row.cve)
