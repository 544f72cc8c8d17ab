"""INSERT where nothing is in the way, which both databases have and SQLAlchemy offers for each alone."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.image_rows import Row


def insert_new(connection: Connection, table: Table, row: Row, *, key: Sequence[str]) -> int | None:
    """Write a row; its id, or None when there is one with the same unique `key` already.

    On PostgreSQL it waits for another transaction that writes the same key, so of two at once one gets None.
    """
    statement = _insert(connection, table).on_conflict_do_nothing(index_elements=list(key)).returning(table.c.id)
    number: int | None = connection.execute(statement.values(dict(row))).scalar_one_or_none()
    return number


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Write those of the rows whose unique `key` is not there yet; all have the same columns, none is no statement."""
    if rows:
        statement = _insert(connection, table).on_conflict_do_nothing(index_elements=list(key))
        connection.execute(statement, [dict(row) for row in rows])


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
