"""Saves what a database has that cannot be made again, as it was at one moment; others may write meanwhile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text

from provider.errors import ProviderError
from provider.store.backups.archive import BackupManifest, BackupWriter
from provider.store.backups.values import to_json
from provider.store.migrations.revisions import VERSION_TABLE, stored_revision

MADE_AGAIN = frozenset(
    {
        *("images", "dependencies", "origins", "image_cves", "image_rebuilds", "image_updates", "checks"),
        *("catalog_state", "catalog_pushes", "beats", "reported_problems"),
        *("cache_entries", "cache_leases", "host_allowances", "live_workers"),
        # Whoever reads a backup must not be signed in.
        *("browser_sessions", "used_sign_ins"),
    }
)
"""Tables that are not saved: the next round makes them again from git, upstreams are asked, people sign in again."""

_ROWS_AT_A_TIME = 500

Begin = Callable[[str, int], Callable[[], None]]
"""Begins to show progress: takes what is done and the number of steps, and returns what is called after each step."""


class NothingToSave(ProviderError):
    """The database has no tables yet."""


def save(engine: Engine, writer: BackupWriter, now: datetime, progress: Begin) -> BackupManifest:
    """Write every row of one moment, then the manifest.

    Raises:
        NothingToSave: the database has no tables yet.
        SQLAlchemyError: the database cannot be read.
    """
    with _snapshot(engine) as connection:
        revision = stored_revision(connection)
        if revision is None:
            raise NothingToSave("the database has no tables yet; start the service once with 'image-factory serve'")
        tables = saved_tables(connection)
        counts = {table.name: _count(connection, table) for table in tables}
        step = progress("Saving rows", sum(counts.values()) // _ROWS_AT_A_TIME)
        for table in tables:
            names = [column.name for column in table.columns]
            writer.table(table.name, names, _rows(connection, table, step))
        return writer.manifest(revision, now, _sequences(connection, tables))


def saved_tables(connection: Connection) -> Sequence[Table]:
    """The tables of this program that are saved, as the database has them; those that others refer to come first."""
    found = MetaData()
    wanted = [name for name in inspect(connection).get_table_names() if name not in {*MADE_AGAIN, VERSION_TABLE}]
    found.reflect(connection, only=wanted, resolve_fks=False)
    return found.sorted_tables


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction whose reads all see the database as it was at one moment."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _rows(connection: Connection, table: Table, step: Callable[[], None]) -> Iterator[Sequence[Any]]:
    key = table.primary_key.columns
    found = connection.execution_options(yield_per=_ROWS_AT_A_TIME).execute(select(table).order_by(*key))
    for rows in found.partitions():
        for row in rows:
            yield [to_json(value) for value in row]
        step()


def _sequences(connection: Connection, tables: Sequence[Table]) -> Mapping[str, int]:
    """The highest id that each table ever gave, also where its row was deleted since."""
    if connection.dialect.name == "sqlite":
        kept = {table.name for table in tables}
        listed = text("SELECT name, seq FROM sqlite_sequence")
        there = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'"))
        return {name: seq for name, seq in connection.execute(listed) if name in kept} if there else {}
    found = {}
    for table in tables:
        if sequence := sequence_of(connection, table):
            last, given = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608 - PostgreSQL quotes its name
            found[table.name] = last if given else last - 1
    return found


def sequence_of(connection: Connection, table: Table) -> str | None:
    """The name, quoted, of the sequence that gives the ids of a table of PostgreSQL; None where there is none."""
    if "id" not in table.columns:
        return None
    quoted = connection.dialect.identifier_preparer.quote(table.name)
    found: str | None = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": quoted})
    return found
