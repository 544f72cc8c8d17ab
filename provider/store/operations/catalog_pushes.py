"""What was pushed to Backstage."""

from sqlalchemy import Column, Engine, Integer, String, Table, Text, delete, select

from provider.push_ports import PushRecord
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.inserts import upsert
from provider.store.tables import SortableText, UtcTime, metadata

catalog_pushes = Table(
    "catalog_pushes",
    metadata,
    Column("backstage", SortableText, primary_key=True),
    Column("pushed", String),
    Column("pushed_at", UtcTime),
    Column("pushes", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("since", UtcTime),
)
"""One row: after a change of the setting, another Backstage knows nothing of what was pushed before."""


class SqlPushRecords:
    """Implements `PushRecords` in a database that `migrate` has prepared.

    Args:
        engine: of the database.
        backstage: the address of Backstage.
    """

    def __init__(self, engine: Engine, backstage: str) -> None:
        self._engine = engine
        self._backstage = backstage

    def last(self) -> PushRecord:
        """What was noted last; nothing where that was about another Backstage."""
        query = select(catalog_pushes).where(catalog_pushes.c.backstage == self._backstage)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return PushRecord()
        return PushRecord(row.pushed, row.pushed_at, row.pushes, row.failures, row.problem, row.since)

    def note(self, record: PushRecord) -> None:
        """Store this in place of what was noted, also about another Backstage."""
        row = {
            "backstage": self._backstage,
            "pushed": record.pushed,
            "pushed_at": record.pushed_at,
            "pushes": record.pushes,
            "failures": record.failures,
            "problem": storable(record.problem),
            "since": record.since,
        }
        with writing(self._engine) as connection:
            connection.execute(delete(catalog_pushes).where(catalog_pushes.c.backstage != self._backstage))
            upsert(connection, catalog_pushes, [row])
