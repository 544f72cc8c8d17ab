"""Tests of opening and migrating the database."""

import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import OperationalError

import provider.store
import provider.tracker.store
from provider.store import engine as opened
from provider.store.engine import migrate, open_engine, writing
from provider.store.image_rows import catalog_tag_of
from provider.store.tables import catalog_state, metadata

_MODELS = (provider.store, provider.tracker.store)


def _import_all_models() -> None:
    """The metadata has only the tables of imported modules; which those are must not depend on other tests."""
    for package in _MODELS:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:  # Alembic runs these itself
                import_module(module.name)


def _open_and_migrate(url: str) -> list[str]:
    engine = open_engine(url)
    migrate(engine)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


def test_the_database_file_is_private_and_in_wal_mode(tmp_path: Path) -> None:
    """The folder is created, only the user can read the database and its side files, and the mode is WAL."""
    file = tmp_path / "new" / "deep" / "index.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    with engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    engine.dispose()

    assert pragmas == ["wal", 1, 30_000]
    assert set(modes.values()) == {0o600}
    assert "index.db-wal" in modes


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_a_database_without_a_file_is_refused(url: str) -> None:
    """A SQLite address without a file is refused, with an example of a right one."""
    with pytest.raises(ValueError, match=r"sqlite:///data/image-factory\.db"):
        open_engine(url)


def test_models_and_migrations_agree(engine: Engine) -> None:
    """The migrations create exactly the tables of the models, and the ETag of the empty catalog."""
    _import_all_models()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(select(catalog_state.c.tag)).scalar_one() == catalog_tag_of({})


def test_processes_can_start_at_the_same_time(tmp_path: Path) -> None:
    """Several processes can open and migrate a new database at the same time."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        found = list(processes.map(_open_and_migrate, [url] * 4))

    assert all("images" in names for names in found)


def test_a_failed_transaction_writes_nothing(engine: Engine) -> None:
    """A transaction is rolled back if its block raises."""

    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(catalog_state.update().values(tag="other"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    with engine.connect() as connection:
        assert connection.execute(select(catalog_state.c.tag)).scalar_one() == catalog_tag_of({})


def test_threads_that_write_at_once_take_turns(tmp_path: Path) -> None:
    """Each waits for those before it, and not for SQLite's growing pauses; an error gives the turn back."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)

    def write(number: int) -> int:
        with writing(engine) as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS numbers (number INTEGER)")
            connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})
            return number // (number - 7)

    with ThreadPoolExecutor(16) as threads:
        ends = [threads.submit(write, number).exception() for number in range(200)]
    assert [type(error).__name__ for error in ends if error] == ["ZeroDivisionError"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM numbers").scalar() == 199
    engine.dispose()


def test_a_turn_that_does_not_end_ends_in_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that waits too long asks SQLite, which refuses it while the other one writes; nothing waits for ever."""
    monkeypatch.setattr(opened, "SQLITE_PATIENCE_SECONDS", 0.05)
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    with writing(engine), pytest.raises(OperationalError, match="database is locked"), writing(engine):
        pytest.fail("two transactions write at once")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
    engine.dispose()
