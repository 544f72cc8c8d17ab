"""Open a database to read it: nothing is created, upgraded or changed, and a process that uses it is not disturbed."""

import sqlite3
from enum import Enum, auto
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url

from provider.database.postgresql import postgresql_engine
from provider.store.engine import SQLITE_PATIENCE_SECONDS, begin_sqlite
from provider.store.migrations.revisions import revisions, stored_revision


class Revision(Enum):
    """The tables of a database, compared with those of this program."""

    NONE = auto()
    OLDER = auto()
    CURRENT = auto()
    NEWER = auto()


def open_for_reading(url: str) -> Engine | None:
    """An engine that cannot write; None if the file of the database does not exist. The caller disposes of the engine.

    Raises:
        OSError: the file cannot be reached.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return postgresql_engine(address, pool_pre_ping=True, execution_options={"postgresql_readonly": True})
    if not address.database or missing_file(address):
        return None
    return _open_sqlite(address, Path(address.database).absolute())


def missing_file(address: URL) -> Path | None:
    """The file of a SQLite database that does not exist; None if it exists, and for databases without a file.

    Raises:
        OSError: the file cannot be reached.
    """
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    file = Path(address.database).absolute()
    return None if file.exists() else file


def revision_of(engine: Engine) -> Revision:
    """Whether this program can read the tables."""
    with engine.connect() as connection:
        found = stored_revision(connection)
    if found is None:
        return Revision.NONE
    if found == revisions()[-1]:
        return Revision.CURRENT
    return Revision.OLDER if found in revisions() else Revision.NEWER


def _open_sqlite(address: URL, file: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # Read-only to SQLite itself. It takes part in the locks of the other processes, and never removes their log.
        name = f"file:{quote(str(file))}?mode=ro"
        connection = sqlite3.connect(name, uri=True, timeout=SQLITE_PATIENCE_SECONDS, check_same_thread=False)
        connection.isolation_level = None
        return connection

    engine = create_engine(address, creator=connect)
    event.listen(engine, "begin", begin_sqlite)
    return engine
