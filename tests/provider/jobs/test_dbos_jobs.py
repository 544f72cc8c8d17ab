"""Jobs in this process: wakes, failures, stopping, what is stored."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from provider.errors import JobsInUse
from provider.jobs.dbos_jobs import DbosJobs
from provider.jobs.ports import NOW, Period
from tests.provider.jobs.waiting import never, until

NEVER_AGAIN = timedelta(days=1)
QUICK = timedelta(milliseconds=20)
STOP = timedelta(seconds=60)

MakeJobs = Callable[..., DbosJobs]


class Counter:
    """A period's work: counts its runs, and waits in each while the gate is closed."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> None:
        """One run."""
        self.begun += 1
        assert self.gate.wait(60)
        self.ended += 1


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of the jobs."""
    return tmp_path / "jobs.db"


@pytest.fixture
def make_jobs(database: Path) -> Iterator[MakeJobs]:
    """Jobs that look often; they are stopped after the test."""
    made: list[DbosJobs] = []

    def make(**settings: object) -> DbosJobs:
        merged: dict[str, object] = {"poll": QUICK, "tend": timedelta(milliseconds=100), **settings}
        jobs = DbosJobs(f"sqlite:///{database}", "here", **merged)  # type: ignore[arg-type] # settings vary by test
        made.append(jobs)
        return jobs

    yield make
    for jobs in made:
        jobs.stop(NOW)


def idle(jobs: DbosJobs, work: Counter, runs: int) -> None:
    """Wait until so many runs have ended."""
    until(lambda: work.ended == runs, f"{runs} runs, there are {work.ended}; failures: {jobs.failures()}")


def test_wakes_before_a_run_are_one_run_and_wakes_during_it_one_more(make_jobs: MakeJobs) -> None:
    """Ten wakes while a run is in progress lead to exactly one more run after it."""
    work, jobs = Counter(), make_jobs()
    work.gate.clear()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    until(lambda: work.begun == 1, "the first run begins")

    for _ in range(10):
        jobs.wake("sync")
    never(lambda: work.begun > 1, "a second run began beside the first", 0.3)
    work.gate.set()

    idle(jobs, work, 2)
    never(lambda: work.begun > 2, "wakes did not coalesce", 1.3)


def test_a_run_wakes_others_and_itself(make_jobs: MakeJobs) -> None:
    """A wake from inside a run is a wake like any other: the other period runs, and the same one runs once more."""
    jobs, decided = make_jobs(), Counter()
    runs: list[str] = []

    def sync() -> None:
        runs.append("sync")
        # Wakes before a run are that run: the other period's own first one has to be over.
        until(lambda: decided.ended >= 1, "the other period's first run")
        jobs.wake("decide")
        if len(runs) == 1:
            jobs.wake("sync")

    jobs.start([Period("sync", NEVER_AGAIN, sync), Period("decide", NEVER_AGAIN, decided)])

    until(lambda: len(runs) == 2 and decided.ended >= 2, "both periods run again")


def test_a_later_wake_brings_the_next_run_forward(make_jobs: MakeJobs) -> None:
    """A period that is due tomorrow runs within seconds when it is woken with a short delay."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("check", NEVER_AGAIN, work)])
    idle(jobs, work, 1)

    jobs.wake("check", timedelta(milliseconds=300))

    idle(jobs, work, 2)


def test_a_failing_period_goes_on_and_harms_no_other(make_jobs: MakeJobs, caplog: pytest.LogCaptureFixture) -> None:
    """An exception of a run is logged, shown until a run succeeds, and followed by the next run."""
    runs: list[int] = []
    jobs = make_jobs()
    other, seen = Counter(), threading.Event()

    def fail_twice() -> None:
        runs.append(1)
        if len(runs) <= 2:
            raise ConnectionError(f"no answer {len(runs)}")
        assert seen.wait(60)

    every = timedelta(milliseconds=100)
    jobs.start([Period("check", every, fail_twice), Period("sync", every, other)])
    until(lambda: "check" in jobs.failures(), "the failure is shown")
    seen.set()
    until(lambda: len(runs) >= 3 and not jobs.failures(), "a run succeeds after two failures")

    logged = [str(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert logged == ["no answer 1", "no answer 2"]
    until(lambda: other.ended >= 2, "the other period runs on")


def test_stopping_waits_for_the_run_in_progress(make_jobs: MakeJobs) -> None:
    """Stop returns after the run has ended, and says so."""
    work, jobs = Counter(), make_jobs()
    work.gate.clear()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    until(lambda: work.begun == 1, "the run begins")
    threading.Timer(0.3, work.gate.set).start()

    assert jobs.stop(STOP)

    assert (work.begun, work.ended) == (1, 1)


def test_a_long_stop_leaves_one_run(make_jobs: MakeJobs) -> None:
    """A period whose interval passed many times while nothing ran runs once, not once for each."""
    first = Counter()
    jobs = make_jobs()
    jobs.start([Period("sync", timedelta(milliseconds=10), first)])
    until(lambda: first.ended >= 1, "the first run")
    assert jobs.stop(STOP)

    again, restarted = Counter(), make_jobs()
    restarted.start([Period("sync", NEVER_AGAIN, again)])

    idle(restarted, again, 1)
    never(lambda: again.begun > 1, "missed runs piled up", 1.3)


def test_a_shorter_interval_counts_at_once(make_jobs: MakeJobs) -> None:
    """After a restart with a shorter interval, the run that was stored for tomorrow comes by the new interval."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    idle(jobs, work, 1)
    assert jobs.stop(STOP)

    restarted = make_jobs()
    restarted.start([Period("sync", timedelta(milliseconds=100), work)])

    until(lambda: work.ended >= 2, "the run by the new interval")


def test_ended_runs_are_deleted(make_jobs: MakeJobs, database: Path) -> None:
    """Over many runs, every table of the database keeps a bounded number of rows."""
    work, jobs = Counter(), make_jobs(keep=timedelta(milliseconds=50))
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    for number in range(1, 31):
        idle(jobs, work, number)
        jobs.wake("sync")
    idle(jobs, work, 31)

    until(lambda: all(rows <= 4 for rows in rows_by_table(database).values()), f"few rows: {rows_by_table(database)}")


def test_one_start_in_a_process(make_jobs: MakeJobs) -> None:
    """A second start in the same process is refused in words, and does no harm to the first."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("sync", NEVER_AGAIN, work)])

    with pytest.raises(JobsInUse, match="this process has already started jobs"):
        make_jobs().start([])

    idle(jobs, work, 1)
    jobs.wake("sync")
    idle(jobs, work, 2)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://root:hush@localhost/jobs"])
def test_a_database_that_cannot_hold_jobs_is_refused(address: str) -> None:
    """Only a file or PostgreSQL will do; the message shows no password."""
    with pytest.raises(ValueError, match="cannot store jobs") as refused:
        DbosJobs(address, "here")

    assert "hush" not in str(refused.value)


def rows_by_table(database: Path) -> dict[str, int]:
    """How many rows each of the engine's tables has, without its own bookkeeping of migrations."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return {
            name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]  # noqa: S608 - its own names
            for name in names
            if not name.startswith("sqlite_")
        }
