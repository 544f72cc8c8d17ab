"""INSERT that ignores or updates existing rows; SQLAlchemy has it only per database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.image_rows import Row


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this connection's database, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def insert_new(connection: Connection, table: Table, row: Row, *, key: Sequence[str]) -> int | None:
    """Insert a row and return its id; None if a row with the same unique `key` exists.

    On PostgreSQL it waits for another transaction that writes the same key, so one of two concurrent calls gets None.
    """
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=list(key)).returning(table.c.id)
    number: int | None = connection.execute(statement.values(dict(row))).scalar_one_or_none()
    return number


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Insert the rows whose unique `key` does not exist yet; all must have the same columns; none runs no statement."""
    if rows:
        statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=list(key))
        connection.execute(statement, [dict(row) for row in rows])


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, newer: str | None = None) -> None:
    """Insert rows, or update these columns of the rows that exist.

    Args:
        connection: a connection in a transaction.
        table: the table; its primary key identifies rows.
        rows: column names to values; all rows must have the same columns; none runs no statement.
        newer: a column; an existing row is then updated only if the new value of this column is higher.
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
