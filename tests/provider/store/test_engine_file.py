"""A SQLite file that is removed or replaced while the service is running."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from provider.errors import DatabaseGone
from provider.store.engine import migrate, open_engine, writing
from provider.store.tables import catalog_state


def _tag(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(select(catalog_state.c.tag))


def _write(engine: Engine, tag: str) -> None:
    with writing(engine) as connection:
        connection.execute(catalog_state.update().values(tag=tag))


def test_a_removed_file_is_not_used_on_and_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    """Neither by a connection that is open nor by a new one, which would make an empty file."""
    folder = tmp_path / "data"
    engine = open_engine(f"sqlite:///{folder / 'index.db'}")
    migrate(engine)
    _write(engine, "before")
    folder.rename(tmp_path / "away")

    for use in (_tag, lambda engine: _write(engine, "lost")):
        with pytest.raises(DatabaseGone, match=r"index\.db was removed while the service was running; put it back"):
            use(engine)
    assert not folder.exists()
    (tmp_path / "away").rename(folder)
    assert _tag(engine) == "before"
    engine.dispose()


def test_a_file_in_its_place_is_opened(tmp_path: Path) -> None:
    """A restored backup is read, not the file that was there before."""
    file, other = tmp_path / "index.db", tmp_path / "other.db"
    engine, restored = open_engine(f"sqlite:///{file}"), open_engine(f"sqlite:///{other}")
    for each, tag in ((engine, "before"), (restored, "restored")):
        migrate(each)
        _write(each, tag)
    restored.dispose()
    for log in tmp_path.glob("index.db-*"):
        log.unlink()
    other.replace(file)

    assert _tag(engine) == "restored"
    engine.dispose()
