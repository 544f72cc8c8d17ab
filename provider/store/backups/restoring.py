"""Restores a backup into a database that nothing else uses: all of it, or nothing is changed."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, delete, func, insert, inspect, select, text, update

from provider.store.backups.archive import BackupReader, NotABackup
from provider.store.backups.saving import Begin, saved_tables, sequence_of
from provider.store.backups.values import from_json
from provider.store.engine import migrate, migrate_in
from provider.store.migrations.revisions import revisions
from provider.store.outbox import outbox

_ROWS_AT_A_TIME = 500
# The migrations insert its rows.
_NEVER_EMPTY = "message_queues"


def check_revision(reader: BackupReader) -> None:
    """Refuse a backup that a newer version of this program made.

    Raises:
        NotABackup: this version does not know the revision of its tables.
    """
    revision = reader.manifest.revision
    if revision not in revisions():
        raise NotABackup(
            f"the backup is of revision {revision} of the tables, which this version of the program does not know; "
            "restore it with the version that made it, or a newer one"
        )


def records_in(connection: Connection) -> int:
    """How many records the database has that cannot be made again."""
    tables = (table for table in saved_tables(connection) if table.name != _NEVER_EMPTY)
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def restore(connection: Connection, reader: BackupReader, progress: Begin) -> None:
    """Replace every table by those of the backup, and upgrade them; the caller commits.

    Whatever of the messages was not sent yet may have been sent since the backup: the channel is searched for it first.

    Raises:
        NotABackup: a row does not fit into its table.
        SQLAlchemyError: the database refused something; the caller rolls back.
    """
    _drop(connection)
    migrate_in(connection, reader.manifest.revision)
    tables = {table.name: table for table in saved_tables(connection)}
    if unknown := set(reader.manifest.rows) - set(tables):
        raise NotABackup(f"the backup has rows of {min(unknown)}, a table that its revision does not have")
    step = progress("Restoring rows", sum(reader.manifest.rows.values()) // _ROWS_AT_A_TIME)
    for name, table in tables.items():
        connection.execute(delete(table))
        if name in reader.manifest.rows:
            _insert(connection, table, reader.table(name), step)
    migrate_in(connection, "head")
    _give_no_id_again(connection, reader)
    connection.execute(update(outbox).where(outbox.c.pending.is_(True), outbox.c.receipt.is_(None)).values(tried=True))


def _insert(connection: Connection, table: Table, lines: Iterator[Any], step: Callable[[], None]) -> None:
    columns = next(lines)
    if unknown := set(columns) - set(table.columns.keys()):
        raise NotABackup(f"the backup has a column {min(unknown)} of {table.name}, which its revision does not have")
    for rows in _groups(lines):
        connection.execute(insert(table), [dict(zip(columns, map(from_json, row), strict=True)) for row in rows])
        step()


def _groups(lines: Iterator[Any]) -> Iterator[Sequence[Any]]:
    while rows := list(islice(lines, _ROWS_AT_A_TIME)):
        yield rows


def _drop(connection: Connection) -> None:
    """Remove the tables of this program, and no others: a database of PostgreSQL may have some."""
    ours = _own_tables() & set(inspect(connection).get_table_names())
    found = MetaData()
    found.reflect(connection, only=sorted(ours), resolve_fks=False)
    found.drop_all(connection, checkfirst=False)


def _own_tables() -> set[str]:
    """The tables that the migrations make; none of a later revision has another name than one of the newest."""
    scratch = create_engine("sqlite://")
    try:
        migrate(scratch)
        return set(inspect(scratch).get_table_names())
    finally:
        scratch.dispose()


def _give_no_id_again(connection: Connection, reader: BackupReader) -> None:
    """Ids occur in addresses and messages: go on after the highest one that was ever given."""
    for table in saved_tables(connection):
        last = reader.manifest.sequences.get(table.name, 0)
        if connection.dialect.name == "sqlite":
            if last:
                _go_on_in_sqlite(connection, table.name, last)
        elif sequence := sequence_of(connection, table):
            highest = max(last, connection.scalar(select(func.max(table.c.id))) or 0)
            if highest:
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": highest})


def _go_on_in_sqlite(connection: Connection, table: str, last: int) -> None:
    values = {"name": table, "last": last}
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name AND seq < :last"), values)
    connection.execute(
        text(
            "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :last"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
        ),
        values,
    )
