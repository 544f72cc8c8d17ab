"""The database of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.databases import KINDS, migrated_engine


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated database of each kind, for one test."""
    with migrated_engine(request.param, tmp_path) as opened:
        yield opened
