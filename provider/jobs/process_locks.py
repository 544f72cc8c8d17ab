"""Who lives, and who runs what: claims that end with the process that holds them.

A claim is a lock of the operating system (beside a SQLite file) or of PostgreSQL, so a killed process loses its claims
at once, a slow or suspended one keeps them, and no clock is compared with another.
"""

import fcntl
import hashlib
import os
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote

import sqlalchemy
from sqlalchemy.exc import DBAPIError


class ProcessLock(Protocol):
    """Something that is ours until it is released or the process ends."""

    def held(self) -> bool:
        """Whether it is still ours: a claim in a database is lost with its connection."""

    def release(self) -> None:
        """Give it up; again does nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ProcessLocks(Protocol):
    """Names that one holder at a time can claim."""

    def claim(self, name: str) -> ProcessLock | None:
        """Take the name; None while another holder has it, in this process or another."""


class _Released(ABC):
    """`with claim:` releases it."""

    @abstractmethod
    def release(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class FileLock(_Released):
    """A locked file; the lock belongs to its descriptor, which no child process inherits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def held(self) -> bool:
        """The operating system takes no lock away."""
        return self._descriptor is not None

    def release(self) -> None:
        """Close the file, which unlocks it; the file stays, since removing it would race with another's claim."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class FileLocks:
    """ProcessLocks as locked files in a folder; for processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, name: str) -> FileLock | None:
        """Lock the file of that name without waiting."""
        self._folder.mkdir(parents=True, exist_ok=True)
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
    """A session's advisory lock; the session is its own connection."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    def held(self) -> bool:
        """Ask the session: while it lives, so does its lock."""
        if self._connection.closed:
            return False
        try:
            self._connection.execute(sqlalchemy.text("select 1"))
        except DBAPIError:
            return False
        return True

    def release(self) -> None:
        """Close the connection; the server releases the lock with it."""
        self._connection.close()


class PostgresLocks:
    """ProcessLocks as advisory locks of a PostgreSQL database."""

    def __init__(self, url: sqlalchemy.URL) -> None:
        self._engine = sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"), poolclass=sqlalchemy.NullPool, isolation_level="AUTOCOMMIT"
        )

    def claim(self, name: str) -> PostgresLock | None:
        """Take the lock on a connection that lives as long as the claim."""
        connection = self._engine.connect()
        taken = connection.scalar(sqlalchemy.text("select pg_try_advisory_lock(:key)"), {"key": advisory_key(name)})
        if not taken:
            connection.close()
            return None
        return PostgresLock(connection)


def advisory_key(name: str) -> int:
    """A name as a signed 64-bit number, the only kind of name that PostgreSQL locks have."""
    digest = hashlib.blake2b(f"image-factory/jobs/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def process_locks_for(database_url: str) -> ProcessLocks:
    """The claims that go with a jobs database: a folder beside a SQLite file, or the PostgreSQL database itself.

    Raises:
        ValueError: the address is neither, or names no file.
    """
    url = sqlalchemy.make_url(database_url)
    match url.get_backend_name():
        case "postgresql":
            return PostgresLocks(url)
        case "sqlite" if url.database and url.database != ":memory:":
            return FileLocks(Path(f"{url.database}.claims"))
        case _:
            address = url.render_as_string(hide_password=True)
            raise ValueError(f"{address} cannot hold jobs: give a SQLite file or a PostgreSQL database")
