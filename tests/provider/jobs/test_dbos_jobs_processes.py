"""Tests of jobs in several processes, of which some are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.databases import KINDS, new_database
from tests.provider.jobs.waiting import never, until

ROOT = Path(__file__).parents[3]

Worker = subprocess.Popen[bytes]
StartWorker = Callable[..., Worker]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the database of the jobs, of each kind."""
    with new_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def start_worker(tmp_path: Path, database: str) -> Iterator[StartWorker]:
    """Starts processes that run the period `tick`, and kills them after the test."""
    workers: list[Worker] = []

    def start(executor_id: str, every: float, mode: str = "quick") -> Worker:
        arguments = str(tmp_path), database, executor_id, str(every), mode
        command = [sys.executable, "-m", "tests.provider.jobs.worker", *arguments]
        worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.communicate()


def journal(folder: Path) -> list[tuple[str, int]]:
    """The events in order, each with its process."""
    try:
        lines = (folder / "journal").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(line.split()[0], int(line.split()[1])) for line in lines]


def count(folder: Path, what: str, worker: Worker) -> int:
    """The number of these events in this process."""
    return journal(folder).count((what, worker.pid))


def kill(worker: Worker) -> None:
    """Kill the process with SIGKILL."""
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_killed_run_runs_again_after_a_restart(tmp_path: Path, start_worker: StartWorker) -> None:
    """A run that was killed starts again when the process restarts, not one interval later."""
    first = start_worker("one", 3600, "hold")
    until(lambda: count(tmp_path, "begin", first) == 1, "the first run begins")
    kill(first)

    second = start_worker("one", 3600)

    until(lambda: count(tmp_path, "end", second) >= 1, "the run that was cut off ends")


def test_a_restart_waits_no_longer_than_the_interval(tmp_path: Path, start_worker: StartWorker) -> None:
    """A process that is killed between two runs starts the next one after its restart."""
    first = start_worker("one", 0.2)
    until(lambda: count(tmp_path, "end", first) >= 2, "two runs")
    kill(first)

    second = start_worker("one", 0.2)

    until(lambda: count(tmp_path, "end", second) >= 2, "two runs after the restart")


def test_a_period_runs_at_once_if_its_database_was_deleted(
    tmp_path: Path, database: str, start_worker: StartWorker
) -> None:
    """A period of one day runs at once if its database file, or its tables, are gone."""
    first = start_worker("one", 86400)
    until(lambda: count(tmp_path, "end", first) == 1, "the first run")
    kill(first)
    for file in tmp_path.glob("index.db*"):
        if file.is_file():
            file.unlink()
    if database.startswith("postgresql"):
        engine = create_engine(database, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA dbos CASCADE"))

    second = start_worker("one", 86400)

    until(lambda: count(tmp_path, "end", second) == 1, "the run of the new database")


def test_another_executor_takes_over_the_run_of_a_dead_one(tmp_path: Path, start_worker: StartWorker) -> None:
    """A late run of a living process is not taken over; when the process is dead, another one runs it."""
    first = start_worker("one", 0.2, "hold")
    until(lambda: count(tmp_path, "begin", first) == 1, "the first run begins")
    second = start_worker("two", 0.2)
    until(lambda: count(tmp_path, "started", second) == 1, "the second process is there")

    never(lambda: count(tmp_path, "begin", second) > 0, "two runs of one period at a time", 2)
    os.kill(first.pid, signal.SIGSTOP)
    never(lambda: count(tmp_path, "begin", second) > 0, "a suspended process was taken for dead", 1)
    kill(first)

    until(lambda: count(tmp_path, "end", second) >= 1, "the second process takes over")


def test_two_executors_never_run_a_period_at_once(tmp_path: Path, start_worker: StartWorker) -> None:
    """With two living processes, a run begins only after the one before it has ended."""
    workers = [start_worker("one", 0.05), start_worker("two", 0.05)]
    for worker in workers:
        until(lambda worker=worker: count(tmp_path, "started", worker) == 1, "both are there")  # type: ignore[misc]

    until(lambda: [what for what, _ in journal(tmp_path)].count("end") >= 5, "five runs")

    events = [what for what, _ in journal(tmp_path) if what != "started"]
    assert events[: len(events) // 2 * 2] == ["begin", "end"] * (len(events) // 2)


def test_an_executor_id_has_one_process(tmp_path: Path, start_worker: StartWorker) -> None:
    """A second living process with the same executor id is refused with a message."""
    first = start_worker("one", 3600)
    until(lambda: count(tmp_path, "started", first) == 1, "the first process is there")

    _, said = start_worker("one", 3600).communicate(timeout=120)

    assert b"another worker that is running has the id 'one'" in said
    assert b"IMAGE_FACTORY_WORKER_ID" in said
