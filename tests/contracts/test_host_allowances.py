"""The requests that all processes of a database may send to a host, over each database."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from provider.store.engine import open_engine
from provider.store.operations.host_allowances import SqlHostAllowances
from proxy.http.budgets.allowance import Rate
from tests.databases import KINDS, migrated_database
from tests.provider.store.samples import NOW

TAKING = """
import sys
from datetime import UTC, datetime
from provider.store.engine import open_engine
from provider.store.operations.host_allowances import SqlHostAllowances
from proxy.http.budgets.allowance import Rate
store = SqlHostAllowances(open_engine(sys.argv[1]))
store.take("docker.io", Rate(0.001, 20), datetime.now(UTC))
print("taking", flush=True)
while True:
    store.take("docker.io", Rate(0.001, 20), datetime.now(UTC))
"""
# So slow that nothing is gained while a test runs.
RATE = Rate(0.001, 20)


@pytest.fixture(name="engines", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """One database as two processes have it."""
    with migrated_database(request.param, tmp_path) as address:
        engines = open_engine(address), open_engine(address)
        yield engines
        for engine in engines:
            engine.dispose()


def test_two_processes_take_from_one_bucket(engines: tuple[Engine, Engine]) -> None:
    """Each request takes one, whoever sends it; another host has its own bucket."""
    one, two = map(SqlHostAllowances, engines)
    left = [each.take("docker.io", RATE, NOW).left for each in (one, two, one, two)]
    assert left == pytest.approx([19, 18, 17, 16], abs=0.1)
    assert two.take("quay.io", RATE, NOW).left == pytest.approx(19)


def test_requests_at_the_same_moment_are_all_counted(engines: tuple[Engine, Engine]) -> None:
    """60 at once: 20 are sent, 40 wait, and no two have the same place."""
    stores = [SqlHostAllowances(engine) for engine in engines] * 30
    with ThreadPoolExecutor(8) as pool:
        left = sorted(pool.map(lambda store: store.take("docker.io", RATE, NOW).left, stores), reverse=True)
    assert left == pytest.approx(list(range(19, -41, -1)), abs=0.1)
    assert sum(bucket >= -0.1 for bucket in left) == 20


def test_time_gives_requests_back(engines: tuple[Engine, Engine]) -> None:
    """By the clock of the machine, or of the database's server: at most a burst."""
    store = SqlHostAllowances(engines[0])
    quick = Rate(1_000_000.0, 20)
    for _ in range(30):
        store.take("docker.io", RATE, NOW)
    assert store.take("docker.io", quick, NOW + timedelta(seconds=1)).left == pytest.approx(19)


def test_a_clock_that_is_set_back_gives_and_takes_nothing(engines: tuple[Engine, Engine]) -> None:
    """The next second counts again."""
    store = SqlHostAllowances(engines[0])
    store.take("docker.io", RATE, NOW)
    assert store.take("docker.io", RATE, NOW - timedelta(hours=1)).left == pytest.approx(18, abs=0.1)


@pytest.mark.skipif("postgresql" not in KINDS, reason="make test-postgresql has a server")
def test_a_process_that_is_stopped_stops_no_other_on_postgresql(tmp_path: Path) -> None:
    """Wherever it is stopped: another one takes its requests meanwhile."""
    with migrated_database("postgresql", tmp_path) as address:
        engine = open_engine(f"{address}&options=-c%20lock_timeout%3D5s")
        store = SqlHostAllowances(engine)
        with subprocess.Popen([sys.executable, "-c", TAKING, address], stdout=subprocess.PIPE) as taking:
            try:
                assert taking.stdout
                assert taking.stdout.readline() == b"taking\n"
                for _ in range(20):
                    taking.send_signal(signal.SIGSTOP)
                    store.take("docker.io", RATE, NOW)
                    taking.send_signal(signal.SIGCONT)
            finally:
                taking.kill()
        engine.dispose()
