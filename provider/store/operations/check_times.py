"""When each reference was checked. Without this table every one is checked once more."""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Column, Engine, Integer, String, Table, bindparam, delete, select

from provider.domain.times.check_times import CheckTimes
from provider.store.engine import writing
from provider.store.inserts import upsert
from provider.store.tables import SortableText, UtcTime, metadata

check_times = Table(
    "check_times",
    metadata,
    Column("reference", SortableText, primary_key=True),
    Column("asked", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("not_before", UtcTime),
    Column("noted_at", UtcTime, nullable=False, index=True),
    Column("noted_by", String, nullable=False),
)

# The clocks of machines differ, and what is written first may be seen last. What is missed is only checked twice.
_OVERLAP = timedelta(minutes=2)


class SqlCheckRecords:
    """Implements `provider.check_ports.CheckRecords` in a database that `migrate` has prepared; one for a process."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._own = secrets.token_hex(8)
        self._read_at: datetime | None = None

    def news(self) -> Mapping[str, CheckTimes]:
        """See the port."""
        of, now = check_times.c, self._now()
        query = select(check_times).where(of.noted_by != self._own)
        if self._read_at:
            query = query.where(of.noted_at >= self._read_at - _OVERLAP)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        self._read_at = now
        return {row.reference: CheckTimes(row.asked, row.failures, row.not_before) for row in rows}

    def note(self, times: Mapping[str, CheckTimes]) -> None:
        """See the port."""
        common = {"noted_at": self._now(), "noted_by": self._own}
        rows = [
            {"reference": reference, "asked": each.asked, "failures": each.failures, "not_before": each.not_before}
            | common
            for reference, each in times.items()
        ]
        if rows:
            with writing(self._engine) as connection:
                upsert(connection, check_times, rows)

    def forget(self, references: Collection[str]) -> None:
        """See the port."""
        if references:
            with writing(self._engine) as connection:
                old = delete(check_times).where(check_times.c.reference == bindparam("old"))
                connection.execute(old, [{"old": reference} for reference in references])
