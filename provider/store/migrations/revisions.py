"""Which migrations this program has, and which of them a database has had.

Alembic knows both, but takes a tenth of a second of a processor to say so, at each start of each process.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

VERSION_TABLE = "alembic_version"
_FILES = Path(__file__).with_name("versions")


@cache
def revisions() -> tuple[str, ...]:
    """The revisions of this program, the newest last; a migration's file is named after its revision."""
    return tuple(sorted(file.name[1:].partition("_")[0] for file in _FILES.glob("r*.py")))


def stored_revision(connection: Connection) -> str | None:
    """The newest migration that the database has had; None if it has no tables of this program."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - our own name
    return found
