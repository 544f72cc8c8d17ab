"""A database that repeats the migrations is one that they have made."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from provider.store.engine import migrations, open_engine, writing
from tests.new_databases import RepeatedMigrations


def content(migrate: RepeatedMigrations, file: Path, *revisions: str) -> Sequence[str]:
    """Everything in a new database that is migrated to these revisions, as statements."""
    engine = open_engine(f"sqlite:///{file}")
    for revision in revisions:
        with writing(engine) as connection:
            migrate(connection, revision)
    opened = engine.raw_connection()
    assert opened.driver_connection
    found = list(opened.driver_connection.iterdump())
    opened.close()
    engine.dispose()
    return found


def test_a_repeated_database_has_the_same_content(tmp_path: Path) -> None:
    """Its tables, indexes and rows, without a second run of the migrations."""
    ran = []

    def migrate(connection: Connection, revision: str) -> None:
        ran.append(revision)
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    repeated = RepeatedMigrations(migrate)
    first, second = (content(repeated, tmp_path / name, "head") for name in ("first.db", "second.db"))
    assert second == first
    assert ran == ["head"]

    later = content(repeated, tmp_path / "later.db", "0001", "head")
    assert sorted(later) == sorted(first)
    assert ran == ["head", "0001", "head"]
