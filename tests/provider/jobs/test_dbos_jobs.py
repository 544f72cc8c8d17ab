"""Tests of jobs in one process: wake-ups, failures, stopping and storage."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, func, inspect, select, table, text

from provider.errors import JobsInUse
from provider.jobs.dbos_jobs import DbosJobs
from provider.jobs.ports import NOW, Period
from tests.databases import KINDS, new_database
from tests.provider.jobs.waiting import never, until

NEVER_AGAIN = timedelta(days=1)
QUICK = timedelta(milliseconds=20)
STOP = timedelta(seconds=60)

MakeJobs = Callable[..., DbosJobs]


class Counter:
    """The work of a period: counts its runs, and each run waits while the gate is closed."""

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


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the database of the jobs, of each kind."""
    with new_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def stored(database: str) -> Iterator[Engine]:
    """Reads and changes what the jobs have stored."""
    engine = create_engine(database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def make_jobs(database: str) -> Iterator[MakeJobs]:
    """Makes jobs that check their schedule often, and stops them after the test."""
    made: list[DbosJobs] = []

    def make(**settings: object) -> DbosJobs:
        merged: dict[str, object] = {"poll": QUICK, "tend": timedelta(milliseconds=100), **settings}
        jobs = DbosJobs(database, "here", **merged)  # type: ignore[arg-type] # settings vary by test
        made.append(jobs)
        return jobs

    yield make
    for jobs in made:
        jobs.stop(NOW)


def idle(jobs: DbosJobs, work: Counter, runs: int) -> None:
    """Wait until this number of runs has ended."""
    until(lambda: work.ended == runs, f"{runs} runs, there are {work.ended}; failures: {jobs.failures()}")


def test_wakes_before_a_run_are_one_run_and_wakes_during_it_one_more(make_jobs: MakeJobs) -> None:
    """Ten wake-ups during a run cause exactly one more run after it."""
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


def test_a_run_can_wake_other_periods_and_its_own(make_jobs: MakeJobs) -> None:
    """A run can wake another period and its own, and each runs once more."""
    jobs, decided = make_jobs(), Counter()
    runs: list[str] = []

    def sync() -> None:
        runs.append("sync")
        # A wake-up before a run causes no second run, so the first run of the other period must be over.
        until(lambda: decided.ended >= 1, "the other period's first run")
        jobs.wake("decide")
        if len(runs) == 1:
            jobs.wake("sync")

    jobs.start([Period("sync", NEVER_AGAIN, sync), Period("decide", NEVER_AGAIN, decided)])

    until(lambda: len(runs) == 2 and decided.ended >= 2, "both periods run again")


def test_a_later_wake_brings_the_next_run_forward(make_jobs: MakeJobs) -> None:
    """A period that is due tomorrow runs within seconds after a wake-up with a short delay."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("check", NEVER_AGAIN, work)])
    idle(jobs, work, 1)

    jobs.wake("check", timedelta(milliseconds=300))

    idle(jobs, work, 2)


def test_a_failing_period_continues_and_does_not_affect_others(
    make_jobs: MakeJobs, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception is logged and shown until a run succeeds, and the next run starts as planned."""
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
    """Stop returns True after the run has ended."""
    work, jobs = Counter(), make_jobs()
    work.gate.clear()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    until(lambda: work.begun == 1, "the run begins")
    threading.Timer(0.3, work.gate.set).start()

    assert jobs.stop(STOP)

    assert (work.begun, work.ended) == (1, 1)


def test_a_long_stop_leaves_one_run(make_jobs: MakeJobs) -> None:
    """After a stop of many intervals, the period runs once, and a run that the stop interrupted is repeated."""
    first = Counter()
    jobs = make_jobs()
    jobs.start([Period("sync", timedelta(milliseconds=10), first)])
    until(lambda: first.ended >= 1, "the first run")
    assert jobs.stop(STOP)

    again, restarted = Counter(), make_jobs()
    restarted.start([Period("sync", NEVER_AGAIN, again)])

    until(lambda: again.ended >= 1, "a run after the restart")
    never(lambda: again.begun > 2, "missed runs piled up", 1.3)


def test_a_shorter_interval_is_used_at_once(make_jobs: MakeJobs) -> None:
    """After a restart with a shorter interval, a run that was due tomorrow starts after the new interval."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    idle(jobs, work, 1)
    assert jobs.stop(STOP)

    restarted = make_jobs()
    restarted.start([Period("sync", timedelta(milliseconds=100), work)])

    until(lambda: work.ended >= 2, "the run by the new interval")


def test_ended_runs_are_deleted(make_jobs: MakeJobs, stored: Engine) -> None:
    """The number of rows in every table is bounded over many runs."""
    work, jobs = Counter(), make_jobs(keep=timedelta(milliseconds=50))
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    for number in range(1, 31):
        idle(jobs, work, number)
        jobs.wake("sync")
    idle(jobs, work, 31)

    until(lambda: all(rows <= 4 for rows in rows_by_table(stored).values()), f"few rows: {rows_by_table(stored)}")


def test_a_second_start_in_a_process_is_refused(make_jobs: MakeJobs) -> None:
    """A second start raises an error with a message, and the first jobs still work."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("sync", NEVER_AGAIN, work)])

    with pytest.raises(JobsInUse, match="this process has already started jobs"):
        make_jobs().start([])

    idle(jobs, work, 1)
    jobs.wake("sync")
    idle(jobs, work, 2)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://root:hush@localhost/jobs"])
def test_a_database_that_cannot_hold_jobs_is_refused(address: str) -> None:
    """Only a file or PostgreSQL is accepted; the message contains no password."""
    with pytest.raises(ValueError, match="cannot store jobs") as refused:
        DbosJobs(address, "here")

    assert "hush" not in str(refused.value)


def rows_by_table(stored: Engine) -> dict[str, int]:
    """The number of rows of each table, without those for migrations."""
    schema = _schema(stored)
    with stored.connect() as connection:
        names = [name for name in inspect(connection).get_table_names(schema) if name != "dbos_migrations"]
        counts = {name: select(func.count()).select_from(table(name, schema=schema)) for name in names}
        return {name: connection.scalar(count) or 0 for name, count in counts.items()}


def _schema(stored: Engine) -> str | None:
    return "dbos" if stored.dialect.name == "postgresql" else None


def _refuse(stored: Engine, status: str) -> None:
    """Let no run get this status, as if the disk were full at that moment."""
    if stored.dialect.name == "postgresql":
        _run(
            stored,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'database or disk is full' USING ERRCODE = 'disk_full'; END $$",
            "CREATE TRIGGER full_disk BEFORE UPDATE ON dbos.workflow_status FOR EACH ROW "
            f"WHEN (NEW.status = '{status}') EXECUTE FUNCTION refuse()",
        )
        return
    _run(
        stored,
        f"CREATE TRIGGER full_disk BEFORE UPDATE ON workflow_status WHEN NEW.status = '{status}' "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    )


def _allow(stored: Engine) -> None:
    on = " ON dbos.workflow_status" if stored.dialect.name == "postgresql" else ""
    _run(stored, f"DROP TRIGGER full_disk{on}")


def _run(stored: Engine, *statements: str) -> None:
    with stored.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.mark.parametrize("status", ["SUCCESS", "PENDING"])
def test_a_period_goes_on_after_the_disk_was_full(
    make_jobs: MakeJobs, stored: Engine, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A run whose end was not stored stays in progress there, and no other run of the period starts behind it."""
    work, jobs = Counter(), make_jobs()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    idle(jobs, work, 1)
    _refuse(stored, status)
    jobs.wake("sync")
    until(lambda: "disk is full" in caplog.text, "the run could not be stored")
    before = work.ended
    jobs.wake("sync")
    _allow(stored)

    until(lambda: work.ended > before, "the period runs again", 30)


def test_a_long_run_of_this_process_is_not_begun_again(make_jobs: MakeJobs) -> None:
    """Its row is in progress for long, and so is the run."""
    work, jobs = Counter(), make_jobs()
    work.gate.clear()
    jobs.start([Period("sync", NEVER_AGAIN, work)])
    until(lambda: work.begun == 1, "the first run begins")

    never(lambda: work.begun > 1, "a run began beside itself", 1.0)
    work.gate.set()

    idle(jobs, work, 1)
