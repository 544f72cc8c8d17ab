"""Locks between processes, which end with the process that holds them.

A lock is one of the operating system (beside a SQLite file) or of PostgreSQL. So a killed process loses its locks at
once, one whose machine has vanished after a minute; a slow or suspended one keeps them, and clocks are never compared.
"""

import fcntl
import hashlib
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote

import sqlalchemy
from sqlalchemy.exc import DBAPIError

from provider.database.postgresql import postgresql_engine
from provider.private_files import make_private_folder

_LOOK_SECONDS = 0.02
# lock_not_available and query_canceled (PostgreSQL, appendix A): the end of `lock_timeout`, or of a shorter
# `statement_timeout` of the role.
_WAITED_IN_VAIN = ("55P03", "57014")

_FREE = "select key from unnest(cast(:keys as bigint[])) as wanted(key) where pg_try_advisory_lock(key)"


class ProcessLock(Protocol):
    """A lock that is held until it is released or the process ends."""

    def held(self) -> bool:
        """Whether it is still held: a lock in a database is lost with its connection."""

    def release(self) -> None:
        """Release the lock; repeated calls do nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ProcessLocks(Protocol):
    """Named locks with one holder at a time."""

    def acquire(self, name: str, wait_seconds: float = 0.0) -> ProcessLock | None:
        """Take the lock, after a wait of at most so long; None if another holder has it, in this or another process."""

    def acquire_free(self, names: Collection[str]) -> "FreeLocks":
        """Take those of these locks that nobody has, without waiting."""


@dataclass(slots=True)
class FreeLocks:
    """Some locks, until the end of a `with` block or of the process.

    Attributes:
        names: of those that were free.
    """

    names: Collection[str]
    _held: AbstractContextManager[object] = field(default_factory=nullcontext)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._held.__exit__(None, None, None)


class _Released(ABC):
    """Releases the lock at the end of a `with` block."""

    @abstractmethod
    def release(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class FileLock(_Released):
    """A locked file; the lock belongs to its descriptor, which child processes do not inherit."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def held(self) -> bool:
        """True until released: the operating system never takes a file lock away."""
        return self._descriptor is not None

    def release(self) -> None:
        """Close the file, which unlocks it; the file stays, because removing it would race with another process."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class FileLocks:
    """ProcessLocks as locked files in a folder, for the processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def acquire(self, name: str, wait_seconds: float = 0.0) -> FileLock | None:
        """Lock the file of that name; while it waits it looks often, since the system's own wait has no end."""
        make_private_folder(self._folder)
        until = time.monotonic() + wait_seconds
        while not (lock := self._locked(name)) and (left := until - time.monotonic()) > 0:
            time.sleep(min(_LOOK_SECONDS, left))
        return lock

    def acquire_free(self, names: Collection[str]) -> FreeLocks:
        """Lock those of these files that nobody has locked."""
        with ExitStack() as stack:
            free = {name: lock for name in names if (lock := self.acquire(name))}
            for lock in free.values():
                stack.enter_context(lock)
            return FreeLocks(free, stack.pop_all())

    def _locked(self, name: str) -> FileLock | None:
        path = self._folder / f"{quote(name, safe='')}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        return FileLock(descriptor)


class PostgresLock(_Released):
    """An advisory lock with a separate database connection."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection
        # A connection of SQLAlchemy is for one thread at a time.
        self._asking = threading.Lock()

    def held(self) -> bool:
        """Whether the session is alive: the lock lives as long as the session."""
        with self._asking:
            if self._connection.closed:
                return False
            try:
                self._connection.execute(sqlalchemy.text("select 1"))
            except DBAPIError:
                # For good: the connection would be made again for another question, and its new session has no lock.
                self._connection.close()
                return False
            return True

    def release(self) -> None:
        """Close the connection; the server releases the lock with it."""
        self._connection.close()


class PostgresLocks:
    """ProcessLocks as advisory locks of a PostgreSQL database."""

    def __init__(self, url: sqlalchemy.URL) -> None:
        self._engine = postgresql_engine(url, poolclass=sqlalchemy.NullPool, isolation_level="AUTOCOMMIT")

    def acquire(self, name: str, wait_seconds: float = 0.0) -> PostgresLock | None:
        """Take the lock on a new connection; the server has those who wait in the order in which they came."""
        connection = self._engine.connect()
        try:
            taken = _advisory_lock(connection, advisory_key(name), wait_seconds)
        except BaseException:
            connection.close()
            raise
        if not taken:
            connection.close()
            return None
        return PostgresLock(connection)

    def acquire_free(self, names: Collection[str]) -> FreeLocks:
        """Take them all with one statement on one new connection."""
        if not names:
            return FreeLocks(())
        by_key = {advisory_key(name): name for name in names}
        connection = self._engine.connect()
        try:
            keys = list(connection.scalars(sqlalchemy.text(_FREE), {"keys": list(by_key)}))
        except BaseException:
            connection.close()
            raise
        return FreeLocks([by_key[key] for key in keys], PostgresLock(connection))


def _advisory_lock(connection: sqlalchemy.Connection, key: int, wait_seconds: float) -> bool:
    if connection.scalar(sqlalchemy.text("select pg_try_advisory_lock(:key)"), {"key": key}):
        return True
    if wait_seconds <= 0:
        return False
    limit = {"limit": f"{max(1, round(wait_seconds * 1000))}ms"}
    connection.execute(sqlalchemy.text("select set_config('lock_timeout', :limit, false)"), limit)
    try:
        connection.execute(sqlalchemy.text("select pg_advisory_lock(:key)"), {"key": key})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _WAITED_IN_VAIN:
            return False
        raise
    return True


def advisory_key(name: str) -> int:
    """The signed 64-bit key of a name; PostgreSQL identifies advisory locks by numbers."""
    digest = hashlib.blake2b(f"image-factory/jobs/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def jobs_url(database_url: str) -> str:
    """The database of the queues: a separate file beside a SQLite database, or the same PostgreSQL database."""
    url = sqlalchemy.make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return database_url
    return f"sqlite:///{Path(url.database).parent / 'jobs.db'}"


def process_locks_for(database_url: str) -> ProcessLocks:
    """The locks for a jobs database: a folder beside a SQLite file, or the PostgreSQL database itself.

    Raises:
        ValueError: the address is neither, or does not name a file.
    """
    url = sqlalchemy.make_url(database_url)
    match url.get_backend_name():
        case "postgresql":
            return PostgresLocks(url)
        case "sqlite" if url.database and url.database != ":memory:":
            return FileLocks(Path(f"{url.database}.claims"))
        case _:
            address = url.render_as_string(hide_password=True)
            raise ValueError(f"{address} cannot store jobs; use the address of a SQLite file or a PostgreSQL database")
