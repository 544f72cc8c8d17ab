"""Tests of the question what is open."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from provider.operation_ports import OpenWork
from provider.store.engine import migrate, open_engine
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.open_work import SqlOpenWork

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(name="engine")
def made_engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    yield engine
    engine.dispose()


def test_checks_by_name_are_for_a_reaction_and_a_check_of_everything_for_a_round(engine: Engine) -> None:
    """What is done is not open any more."""
    asked, found = SqlCheckRequests(engine), SqlOpenWork(engine)
    assert found() == OpenWork(reactions=False)
    asked.ask((), NOW)
    assert found() == OpenWork(reactions=False, whole_check=1)
    asked.ask(("portal",), NOW)
    assert found() == OpenWork(reactions=True, whole_check=1)
    asked.done(asked.open())
    assert found() == OpenWork(reactions=False)
