"""INSERT that gives way to what is there, or else updates it; SQLAlchemy offers it for each database alone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.image_rows import Row


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this connection's database, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def insert_new(connection: Connection, table: Table, row: Row, *, key: Sequence[str]) -> int | None:
    """Write a row; its id, or None when there is one with the same unique `key` already.

    On PostgreSQL it waits for another transaction that writes the same key, so of two at once one gets None.
    """
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=list(key)).returning(table.c.id)
    number: int | None = connection.execute(statement.values(dict(row))).scalar_one_or_none()
    return number


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Write those of the rows whose unique `key` is not there yet; all have the same columns, none is no statement."""
    if rows:
        statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=list(key))
        connection.execute(statement, [dict(row) for row in rows])


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
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    written: dict[str, ColumnElement[Any]] = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    where = statement.excluded[newer] > table.c[newer] if newer else None
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=written, where=where),
        [dict(row) for row in rows],
    )
