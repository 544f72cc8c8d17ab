"""The rows of workers that live, over each database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from provider.store.engine import open_engine
from provider.store.operations.live_workers import SqlLiveWorkers, live_workers
from tests.databases import KINDS, migrated_database
from tests.provider.store.samples import NOW

LEASE = timedelta(minutes=1)


@pytest.fixture(name="engine", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with empty tables."""
    with migrated_database(request.param, tmp_path) as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()


def test_each_worker_hears_of_all_that_live(engine: Engine) -> None:
    """Each has one row, however often it says so; one that has gone is not named."""
    live = SqlLiveWorkers(engine)
    assert live.seen("one", LEASE, NOW) == {"one"}
    assert live.seen("two", LEASE, NOW) == {"one", "two"}
    assert live.seen("one", LEASE, NOW) == {"one", "two"}
    live.gone("two")
    live.gone("three")
    assert live.seen("one", LEASE, NOW) == {"one"}


def test_a_worker_whose_lease_has_ended_is_forgotten(engine: Engine) -> None:
    """A process that has stopped, or whose machine has vanished."""
    live = SqlLiveWorkers(engine)
    live.seen("one", LEASE, NOW)
    live.seen("two", LEASE, NOW)
    with engine.begin() as connection:
        ended = live_workers.c.until - 2 * LEASE.total_seconds()
        connection.execute(update(live_workers).where(live_workers.c.worker == "two").values(until=ended))
    assert live.seen("one", LEASE, NOW) == {"one"}
