"""Rows in every table of a database, whatever its revision, and all rows of a database to compare."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, inspect, select, text

from provider.store.backups.saving import saved_tables
from provider.store.backups.values import to_json
from provider.store.engine import migrate_in, open_engine, writing
from tests.databases import KINDS, new_database
from tests.provider.store.samples import NOW

DATABASES = KINDS
"""The kinds of databases that can be had here."""

ROWS = 3


@contextmanager
def empty(kind: str, sqlite_file: object) -> Iterator[Engine]:
    """A database without any table."""
    with new_database(kind, Path()) as address:
        engine = open_engine(f"sqlite:///{sqlite_file}" if kind == "sqlite" else address)
        with writing(engine) as connection:
            _remove_everything(connection)
        yield engine
        engine.dispose()


def at_revision(engine: Engine, revision: str) -> None:
    """Make the tables of a revision."""
    with writing(engine) as connection:
        migrate_in(connection, revision)


def fill(engine: Engine) -> None:
    """Insert rows into every table that a backup saves."""
    with writing(engine) as connection:
        for table in saved_tables(connection):
            connection.execute(insert(table), [_row(table, number) for number in range(1, ROWS + 1)])


def everything(engine: Engine) -> Mapping[str, Sequence[Sequence[Any]]]:
    """The rows of every table that a backup saves, each with its values by the name of the column."""
    with engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in saved_tables(connection)}


def _rows(connection: Connection, table: Table) -> Sequence[Sequence[Any]]:
    names = sorted(column.name for column in table.columns)
    found = connection.execute(select(*(table.c[name] for name in names)))
    return sorted(([to_json(value) for value in row] for row in found), key=repr)


def _row(table: Table, number: int) -> Mapping[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    match column.type.python_type.__name__:
        case "int":
            return number
        case "bool":
            return number % 2 == 0
        case "datetime":
            return NOW + timedelta(minutes=number, microseconds=number)
        case "bytes":
            return bytes((0, 255, number))
        case _:
            return f"{column.name} {number} \u00e4\u2713\U0001f433 \"'\\\n"


def _remove_everything(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection, resolve_fks=False)
    found.drop_all(connection, checkfirst=False)
    if connection.dialect.name == "sqlite" and "sqlite_sequence" in inspect(connection).get_table_names():
        connection.execute(text("DELETE FROM sqlite_sequence"))
