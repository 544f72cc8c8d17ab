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

from provider.store.engine import open_quick_engine
from provider.store.operations.host_allowances import SqlHostAllowances, host_allowances
from proxy.http.budgets.allowance import Rate
from tests.databases import KINDS, migrated_database
from tests.provider.store.samples import NOW

TAKING = """
import sys
from datetime import UTC, datetime
from provider.store.engine import open_quick_engine
from provider.store.operations.host_allowances import SqlHostAllowances
from proxy.http.budgets.allowance import Rate
store = SqlHostAllowances(open_quick_engine(sys.argv[1]))
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
        engines = open_quick_engine(address), open_quick_engine(address)
        yield engines
        for engine in engines:
            engine.dispose()


def test_two_processes_take_from_one_bucket(engines: tuple[Engine, Engine]) -> None:
    """Each request takes one, whoever sends it; another host has its own bucket."""
    one, two = map(SqlHostAllowances, engines)
    left = [each.take("docker.io", RATE, NOW).tokens for each in (one, two, one, two)]
    assert left == pytest.approx([19, 18, 17, 16], abs=0.1)
    assert two.take("quay.io", RATE, NOW).tokens == pytest.approx(19)


def test_requests_at_the_same_moment_are_all_counted(engines: tuple[Engine, Engine]) -> None:
    """Of 60 of two processes, 20 are sent, 40 wait, and no two have the same place."""

    def take_thirty(engine: Engine) -> list[float]:
        return [SqlHostAllowances(engine).take("docker.io", RATE, NOW).tokens for _ in range(30)]

    with ThreadPoolExecutor(2) as pool:
        left = sorted((tokens for each in pool.map(take_thirty, engines) for tokens in each), reverse=True)
    assert left == pytest.approx(list(range(19, -41, -1)), abs=0.1)
    assert sum(tokens >= -0.1 for tokens in left) == 20


def test_time_gives_requests_back(engines: tuple[Engine, Engine]) -> None:
    """By the clock of the machine, or of the database's server: at most a burst."""
    store = SqlHostAllowances(engines[0])
    quick = Rate(1_000_000.0, 20)
    for _ in range(30):
        store.take("docker.io", RATE, NOW)
    assert store.take("docker.io", quick, NOW + timedelta(seconds=1)).tokens == pytest.approx(19)


def test_a_clock_that_is_set_back_gives_and_takes_nothing(engines: tuple[Engine, Engine]) -> None:
    """The next second counts again."""
    store = SqlHostAllowances(engines[0])
    store.take("docker.io", RATE, NOW)
    assert store.take("docker.io", RATE, NOW - timedelta(hours=1)).tokens == pytest.approx(18, abs=0.1)


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_no_moment_is_counted_twice(engines: tuple[Engine, Engine]) -> None:
    """A request that waited longer, so that its time is older than that of the one before, gives nothing back.

    The clock of a server of PostgreSQL does not go back.
    """
    store = SqlHostAllowances(engines[0])
    busy = Rate(2.0, 20)
    for _ in range(20):
        store.take("docker.io", busy, NOW)
    times = [NOW + timedelta(seconds=seconds) for seconds in (3, 0.5, 3, 0.5, 3)]
    assert [store.take("docker.io", busy, at).tokens for at in times] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("tokens", [-1e9, 1e9, float("inf")])
@pytest.mark.parametrize("at", [0.0, 1e18, float("inf")])
def test_a_damaged_row_is_as_good_as_none(engines: tuple[Engine, Engine], tokens: float, at: float) -> None:
    """The host has its whole burst, and no request waits for days."""
    store = SqlHostAllowances(engines[0])
    store.take("docker.io", RATE, NOW)
    with engines[0].begin() as connection:
        connection.execute(host_allowances.update().values(tokens=tokens, at=at))
    assert store.take("docker.io", RATE, NOW).tokens == pytest.approx(19)
    assert store.take("docker.io", RATE, NOW).tokens == pytest.approx(18, abs=0.1)


@pytest.mark.skipif("postgresql" not in KINDS, reason="make test-postgresql has a server")
def test_a_process_that_is_stopped_stops_no_other_on_postgresql(tmp_path: Path) -> None:
    """Wherever it is stopped: another one takes its requests meanwhile."""
    with migrated_database("postgresql", tmp_path) as address:
        engine = open_quick_engine(address)
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
