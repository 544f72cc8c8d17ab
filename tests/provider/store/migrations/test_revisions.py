"""What is known of migrations without Alembic is what Alembic knows."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from provider.errors import NewerDatabase
from provider.store import engine as store
from provider.store.engine import migrate, migrate_in, migrations, open_engine, writing
from provider.store.migrations.revisions import revisions, stored_revision


def test_the_names_of_the_files_are_the_revisions_in_their_order() -> None:
    """Each follows the one before."""
    scripts = ScriptDirectory.from_config(migrations())

    assert revisions() == tuple(reversed([script.revision for script in scripts.walk_revisions()]))
    assert [script.down_revision for script in scripts.walk_revisions()] == [*reversed(revisions()[:-1]), None]


def test_a_database_names_its_newest_migration(tmp_path: Path) -> None:
    """Nothing is stored in a new file."""
    engine = open_engine(f"sqlite:///{tmp_path / 'factory.db'}")
    with writing(engine) as connection:
        assert stored_revision(connection) is None
        migrate_in(connection, "0007")
        assert stored_revision(connection) == "0007"
    migrate(engine)
    with engine.connect() as connection:
        assert stored_revision(connection) == revisions()[-1]
    engine.dispose()


def test_a_database_that_is_up_to_date_needs_no_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each start of each process would read every migration."""
    engine = open_engine(f"sqlite:///{tmp_path / 'factory.db'}")
    migrate(engine)
    monkeypatch.setattr(store, "migrate_in", None)
    migrate(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """It is not changed."""
    engine = open_engine(f"sqlite:///{tmp_path / 'factory.db'}")
    migrate(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabase, match="9999"):
        migrate(engine)
    with engine.connect() as connection:
        assert stored_revision(connection) == "9999"
    engine.dispose()
