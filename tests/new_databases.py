"""New databases for tests: the migrations make one, and what they made is repeated in all others."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from provider.store import engine as store

Migrate = Callable[[Connection, str], None]
_OWN = "sqlite_%"


class RepeatedMigrations:
    """Migrates a connection to a revision, as `provider.store.engine.migrate_in` does.

    An empty SQLite database that is migrated to the newest revision gets what the migrations have made in the first
    one: its tables, its indexes and its rows. That takes a tenth of the time.

    Args:
        migrate: runs the migrations.
    """

    def __init__(self, migrate: Migrate) -> None:
        self._migrate = migrate
        self._script: Sequence[str] = ()

    def __call__(self, connection: Connection, revision: str) -> None:
        """Migrate to the revision, in the transaction of the connection."""
        new = revision == "head" and connection.dialect.name == "sqlite" and not _made(connection)
        if not new:
            self._migrate(connection, revision)
        elif self._script:
            for statement in self._script:
                connection.exec_driver_sql(statement)
        else:
            self._migrate(connection, revision)
            self._script = [*_made(connection), *_rows(connection)]


def _made(connection: Connection) -> Sequence[str]:
    """The statements that made tables and indexes, in their order."""
    found = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE :own ORDER BY rowid"), {"own": _OWN}
    )
    return [row.sql for row in found]


def _rows(connection: Connection) -> Sequence[str]:
    """Statements that insert what the tables contain."""
    tables = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE :own"), {"own": _OWN}
    )
    statements = []
    for (name,) in tables:
        for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):  # noqa: S608 - the name of a table of ours
            values = ", ".join("NULL" if value is None else repr(value) for value in row)
            statements.append(f'INSERT INTO "{name}" VALUES ({values})')  # noqa: S608
    return statements


def repeat_migrations() -> Callable[[], None]:
    """Let this process repeat what its first migration makes; the function ends that."""
    before = store.migrate_in
    store.migrate_in = RepeatedMigrations(before)

    def end() -> None:
        store.migrate_in = before

    return end
