"""What was pushed to Backstage, over each database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from provider.push_ports import PushRecord
from provider.store.operations.catalog_pushes import SqlPushRecords, catalog_pushes
from tests.databases import KINDS, migrated_engine
from tests.provider.store.samples import NOW

ONE, TWO = "https://backstage.example.com", "https://backstage.example.org"


@pytest.fixture(name="engine", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with migrated_engine(request.param, tmp_path) as engine:
        yield engine


def test_the_last_record_is_kept(engine: Engine) -> None:
    """At first there is none; each takes the place of the one before."""
    records = SqlPushRecords(engine, ONE)
    assert records.last() == PushRecord()
    first = PushRecord("a" * 64, NOW, 1)
    failed = PushRecord(None, NOW, 1, 7, "answered 401", NOW + timedelta(minutes=1))
    for record in (first, failed, first):
        records.note(record)
        assert SqlPushRecords(engine, ONE).last() == record


def test_a_text_that_a_database_cannot_store_is_stored(engine: Engine) -> None:
    """PostgreSQL accepts no zero bytes."""
    records = SqlPushRecords(engine, ONE)
    records.note(PushRecord(problem="answered\0", since=NOW))
    assert records.last().problem == "answered\ufffd"


def test_another_backstage_knows_nothing_of_what_was_pushed(engine: Engine) -> None:
    """And the record of the one before it is removed."""
    SqlPushRecords(engine, ONE).note(PushRecord("a", NOW, 3))
    two = SqlPushRecords(engine, TWO)
    assert two.last() == PushRecord()
    two.note(PushRecord("b", NOW, 1))
    assert (SqlPushRecords(engine, ONE).last(), two.last()) == (PushRecord(), PushRecord("b", NOW, 1))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(catalog_pushes)).scalar_one() == 1
