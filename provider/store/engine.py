"""Open the database: SQLite in a file, or PostgreSQL."""

import errno
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from provider.database.postgresql import postgresql_engine, quick_postgresql_engine
from provider.errors import DatabaseGone, NewerDatabase
from provider.private_files import make_private_folder
from provider.store.migrations.revisions import revisions, stored_revision

if TYPE_CHECKING:
    from alembic.config import Config

SQLITE_PATIENCE_SECONDS = 30
_QUICK_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.01
_WRITES = "image_factory_writes"
_FILE = "image_factory_file"
_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
# Any number that no other lock of this database uses.
_MIGRATION_LOCK = 4_107_311_901


def open_engine(url: str) -> Engine:
    """An engine for the database at `url`; the caller disposes of it.

    A missing SQLite file and its folder are created, readable by this user only.

    Raises:
        ValueError: the address is not one of a supported database.
        OSError: the file or its folder cannot be created.
    """
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            return _open_sqlite(address)
        case "postgresql":
            # A restarted server leaves dead connections in the pool.
            return postgresql_engine(address, pool_pre_ping=True)
        case other:
            raise ValueError(
                f"unsupported database {other!r}; write for example "
                "sqlite:///data/image-factory.db or postgresql+psycopg://user@host/name"
            )


def open_quick_engine(url: str) -> Engine:
    """An engine for small writes that nobody waits for: each gives up after about a second.

    For one thread at a time. With SQLite, what it commits may be lost when the machine fails; nothing else is.

    Raises:
        ValueError, OSError: as `open_engine`.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return quick_postgresql_engine(address)
    engine = _open_sqlite(address, _QUICK_PATIENCE_SECONDS)
    # In WAL mode this does not wait for the disk (sqlite.org/pragma.html, "synchronous").
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = NORMAL"))
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; it is committed at the end, or rolled back if the block raises.

    On SQLite it takes the write lock when it begins: a transaction that reads first and writes later fails at once,
    without waiting, if another one has written in between (sqlite.org/isolation.html). There the threads of a process
    take turns before: SQLite lets those that wait ask again after growing pauses, in no order, so that one of many
    could wait for seconds (sqlite.org/c3ref/busy_handler.html).
    """
    with _turn(engine), engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """The turn to write of one thread of this process, where the database has only one writer at a time.

    A thread that waits for longer than SQLite's own patience goes on without it, and SQLite decides.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(engine, threading.Lock())
    taken = turn.acquire(timeout=SQLITE_PATIENCE_SECONDS)
    try:
        yield
    finally:
        if taken:
            turn.release()


def migrate(engine: Engine) -> None:
    """Run the missing migrations, all or none; a second process that starts meanwhile waits for the first.

    Raises:
        NewerDatabase: the database has had a migration that this program does not know.
    """
    with engine.connect() as connection:
        if stored_revision(connection) == revisions()[-1]:
            return
    with writing(engine) as connection:
        migrate_in(connection, "head")


def migrate_in(connection: Connection, revision: str) -> None:
    """Run the missing migrations up to a revision, in the transaction of the connection.

    Raises:
        NewerDatabase: the database has had a migration that this program does not know.
    """
    from alembic import command  # noqa: PLC0415 - slow, and most starts have nothing to migrate
    from alembic.util import CommandError  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    config = migrations()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise NewerDatabase(str(error)) from error


def migrations() -> "Config":
    """Alembic's configuration: where the migrations are."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "provider.store:migrations")
    return config


def _open_sqlite(address: URL, patience: float = SQLITE_PATIENCE_SECONDS) -> Engine:
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise ValueError("the SQLite address does not name a file; write for example sqlite:///data/image-factory.db")
    _make_private(Path(address.database))
    engine = create_engine(address, connect_args={"timeout": patience})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    _follow_file(engine, Path(address.database))
    return engine


def _follow_file(engine: Engine, file: Path) -> None:
    """Use the file that is at this path now.

    A removed file can be read and written for as long as it is open, and what is written to it is lost: then no
    connection is given out. A file that is put in its place is opened.
    """

    def opens(*_: Any) -> None:
        # SQLite would make an empty file.
        _identity(file)

    def opened(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[_FILE] = _identity(file)

    def given_out(_: DBAPIConnection, entry: ConnectionPoolEntry, __: object) -> None:
        if entry.info.get(_FILE) != _identity(file):
            raise DisconnectionError(f"{file} was replaced by another file")

    event.listen(engine, "do_connect", opens)
    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", given_out)


def _identity(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError as error:
        raise DatabaseGone(
            f"the database {file} was removed while the service was running; put it back, or restart the service, "
            "which begins with an empty one"
        ) from error
    return found.st_dev, found.st_ino


def _make_private(file: Path) -> None:
    """Create the file, readable by this user only; SQLite gives -wal and -shm the same permissions.

    The database file itself is never opened here: closing any descriptor of it drops every lock that this process
    holds on it, and then the next process to close it removes the log that is in use (sqlite.org/howtocorrupt.html,
    "Posix advisory locks canceled by a separate thread doing close()"). So it is created under another name.
    """
    make_private_folder(file.parent)
    if not file.exists():
        _make_empty(file)
    if not os.access(file, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _make_empty(file: Path) -> None:
    """Create an empty file, which is a new database (sqlite.org/fileformat.html); one of several processes succeeds."""
    descriptor, made = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(descriptor)
    try:
        os.link(made, file)
    except FileExistsError:
        return
    finally:
        Path(made).unlink()


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The transactions of the driver do not cover reads; `begin_sqlite` begins them instead (SQLAlchemy, "Serializable
    # isolation / Savepoints / Transactional DDL" of its SQLite page).
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        _use_wal(cursor)
        cursor.execute("PRAGMA foreign_keys = ON")


def _use_wal(cursor: DBAPICursor) -> None:
    """Switch to WAL mode, which allows reads during a write."""
    last = time.monotonic() + SQLITE_PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # If two processes open a new file at once, SQLite refuses one without waiting for its busy timeout: both
            # hold the shared lock and want the exclusive one (sqlite.org/c3ref/busy_handler.html).
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; one that `writing` began takes the write lock at once."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
