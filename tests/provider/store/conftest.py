"""The database of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from provider.store.engine import migrate, open_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite database for one test."""
    opened = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(opened)
    yield opened
    opened.dispose()
