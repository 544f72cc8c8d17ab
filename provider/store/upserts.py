"""INSERT or else UPDATE, which both databases have and SQLAlchemy offers for each alone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.image_rows import Row


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, newer: str | None = None) -> None:
    """Write rows that all have the same columns; a row whose key is there has those columns set.

    Args:
        connection: in a transaction.
        table: its primary key tells which row is meant.
        rows: column names to values; none is no statement.
        newer: a column; a row is then only set where it is higher in this column than what is there.
    """
    if not rows:
        return
    statement = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    keys = [column.name for column in table.primary_key]
    written: dict[str, ColumnElement[Any]] = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    where = statement.excluded[newer] > table.c[newer] if newer else None
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=written, where=where),
        [dict(row) for row in rows],
    )
