"""A transaction on a database that no other process uses."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from provider.database.postgresql import postgresql_engine
from provider.errors import ProviderError
from provider.store.engine import open_engine

_PATIENCE_SECONDS = 1
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class DatabaseInUse(ProviderError):
    """Another process uses the database. Nothing was changed."""


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """A transaction that no other process disturbs; it is committed at the end, or rolled back if the block raises.

    A missing SQLite file is created.

    Raises:
        DatabaseInUse: another process uses the database.
        SQLAlchemyError, OSError, ValueError: it cannot be opened.
    """
    # It makes a missing file, and connects to nothing.
    open_engine(url).dispose()
    engine = _engine_of(url)
    try:
        with _connected(engine) as connection:
            if connection.dialect.name == "postgresql" and (others := connection.scalar(_OTHERS)):
                raise _in_use(f"{others} other connections to it are open")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.OperationalError) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise _in_use("another process has it open") from error
        raise
    with connection:
        try:
            transaction = connection.begin()
        except OperationalError as error:
            raise _in_use("another process has just opened it") from error
        with transaction:
            yield connection


def _engine_of(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return postgresql_engine(address, poolclass=NullPool)
    engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": _PATIENCE_SECONDS})
    event.listen(engine, "connect", _leave_wal)
    event.listen(engine, "begin", _begin_exclusive)
    return engine


def _leave_wal(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Leave WAL mode, which SQLite refuses while another connection is open (sqlite.org/wal.html, "Persistence").

    In the mode with a rollback journal, an exclusive transaction also keeps readers out. The next start of the service
    switches WAL on again.
    """
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.execute("PRAGMA foreign_keys = ON")


def _begin_exclusive(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN EXCLUSIVE")


def _in_use(how: str) -> DatabaseInUse:
    return DatabaseInUse(f"the database is in use: {how}; stop every 'image-factory serve' and 'image-factory worker'")
