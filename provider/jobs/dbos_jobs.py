"""Jobs with DBOS: stored in a SQLite file or PostgreSQL database of their own, run by threads of this process."""

import contextvars
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig
from sqlalchemy import make_url

from provider.database.postgresql import client_arguments
from provider.errors import JobsInUse
from provider.jobs.ports import NOW, Period, PeriodFailure
from provider.jobs.process_locks import ProcessLock, process_locks_for
from provider.jobs.runs import QUEUE, StoredRuns, delete_ended, pending, put_back, resume_all_of
from proxy.observing.context import about
from proxy.observing.event_log import EventLog
from proxy.observing.spans import span

P = ParamSpec("P")
R = TypeVar("R")

APPLICATION = "image-factory"
JOBS_VERSION = "1"
"""Of the stored runs, not of the product: runs of another version are not picked up."""
POLL = timedelta(milliseconds=500)
TEND = timedelta(seconds=10)
KEEP = timedelta(hours=1)
BUSY = timedelta(seconds=2)
LOCK_PATIENCE = timedelta(seconds=3)

_log = EventLog(__name__)
# DBOS has one instance and one workflow registry per process; a second instance would silently be the first.
_process = threading.Lock()


class DbosJobs:
    """Runs periods with DBOS. A process can start only one instance at a time, because DBOS is one per process.

    How it works:
    - The start of each run stores the next one; every `tend` a thread of each process stores missing runs.
    - An executor holds a lock on its id (`provider.jobs.process_locks`) while it lives. A process that can lock the id
      of an executor with runs in progress knows that this executor is dead, keeps it from starting meanwhile, and puts
      its runs back into the queue.
    - A run of this executor that is stored as in progress and is not, since its end could not be stored (a full disk),
      goes back into the queue too. DBOS would start no other run of that period behind it.
    - A run locks its period first, so that two runs of a period never overlap, even if the queue starts both.
    - DBOS moves due runs once a second, so `after` and `every` are accurate to a second; a wake-up for now is faster.

    Attributes of the constructor:
        database_url: `sqlite:///PATH` or `postgresql://...`; not the database of the service.
        executor_id: of this process; no two that run at the same time have the same.
        poll: the time between two reads of the queue; a wake-up waits about half of it.
        tend: the time between two checks for missing runs, dead executors and ended runs.
        keep: how long ended runs stay stored.
    """

    def __init__(
        self,
        database_url: str,
        executor_id: str,
        *,
        poll: timedelta = POLL,
        tend: timedelta = TEND,
        keep: timedelta = KEEP,
    ) -> None:
        self._database_url = database_url
        self._executor_id = executor_id
        self._poll, self._tend, self._keep = poll, tend, keep
        self._locks = process_locks_for(database_url)
        self._own: ProcessLock | None = None
        self._runs: StoredRuns | None = None
        self._periods: dict[str, Period] = {}
        self._failures: dict[str, PeriodFailure] = {}
        self._in_progress: set[str] = set()
        # The ids of stored runs that are begun and not ended, and of those that only the store has as in progress.
        self._begun: set[str] = set()
        self._unended: set[str] = set()
        self._stopping = threading.Event()
        self._tender: threading.Thread | None = None

    def start(self, periods: Sequence[Period]) -> None:
        """Start to run the periods; see `provider.jobs.ports.Jobs`.

        Raises:
            provider.errors.JobsInUse: another process has this executor id, or this process has already started jobs.
        """
        if not _process.acquire(blocking=False):
            raise JobsInUse("this process has already started jobs; stop them first")
        try:
            self._stopping.clear()
            self._own = self._lock_own_id()
            self._periods = {period.name: period for period in periods}
            self._launch()
            self._look_after_runs()
        except BaseException:
            self._close(wait=NOW)
            raise
        self._tender = threading.Thread(target=self._keep_tending, name="jobs-tender", daemon=True)
        self._tender.start()

    def wake(self, name: str, after: timedelta = NOW) -> None:
        """Run a period soon; see `provider.jobs.ports.Jobs`. It may be called inside a run, of this period too.

        Raises:
            RuntimeError: the jobs are not started.
        """
        if self._runs is None:
            raise RuntimeError(f"cannot wake the period {name}: the jobs are not started")
        if after > NOW:
            _outside_of_workflows(self._runs.later, name, after)
        else:
            _outside_of_workflows(self._runs.soon, name)

    def stop(self, timeout: timedelta) -> bool:
        """Start no more runs and wait whole seconds for those in progress; repeated calls do nothing.

        A run that does not end in time continues in its thread until the process ends, and keeps others from running
        its period until then; then it runs again, in the next process of this executor or in another executor.
        """
        if self._own is None:
            return True
        self._stopping.set()
        if self._tender is not None:
            self._tender.join()
            self._tender = None
        self._close(wait=timeout)
        return not self._in_progress

    def failures(self) -> Mapping[str, PeriodFailure]:
        """The failures of periods whose last run in this process failed, by name."""
        return dict(self._failures)

    def _lock_own_id(self) -> ProcessLock:
        deadline = time.monotonic() + LOCK_PATIENCE.total_seconds()
        while True:
            # Other processes hold it briefly while they check whether this executor lives.
            if lock := self._locks.acquire(_executor(self._executor_id)):
                return lock
            if time.monotonic() > deadline or self._stopping.wait(0.05):
                raise JobsInUse(
                    f"another worker that is running has the id {self._executor_id!r}; stop it, give each worker an "
                    "IMAGE_FACTORY_WORKER_ID of its own, or remove that setting: then each id is another one"
                )

    def _launch(self) -> None:
        _quiet()
        DBOS(config=self._config())
        workflow = DBOS.workflow(name="period", max_recovery_attempts=None)(self._workflow())
        if not self._periods:
            DBOS.listen_queues([])
        # Before the launch, because runs of an earlier process may start during it.
        self._runs = StoredRuns(JOBS_VERSION, workflow)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, partition_concurrency=1, polling_interval_sec=self._poll.total_seconds(), on_conflict="always_update"
        )

    def _config(self) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_url": self._database_url,
            "executor_id": self._executor_id,
            "application_version": JOBS_VERSION,
            "log_level": "WARNING",
            "enable_otlp": False,
            "sys_db_pool_size": 5,
            "db_engine_kwargs": self._engine_options(),
            # DBOS schedules are not used, so their thread may sleep.
            "scheduler_polling_interval_sec": 3600,
            # DBOS messages are not used either; with SQLite, a stop waits for this thread to wake.
            "notification_listener_polling_interval_sec": 0.2,
        }

    def _engine_options(self) -> dict[str, Any]:
        url = make_url(self._database_url)
        return {"connect_args": client_arguments(url)} if url.get_backend_name() == "postgresql" else {}

    def _workflow(self) -> Callable[[str], None]:
        def run_period(name: str) -> None:
            """Run a period; a plain function, because DBOS would need to know the instance of a bound method."""
            run = str(DBOS.workflow_id)
            self._begun.add(run)
            try:
                _outside_of_workflows(self._run, name)
            finally:
                self._begun.discard(run)

        return run_period

    def _run(self, name: str) -> None:
        period, runs = self._periods.get(name), self._runs
        if period is None or runs is None:
            _log.warning(
                "period_unknown",
                "dropped a stored run of the period {period}: this process has no period of that name",
                period=name,
            )
            return
        lock = self._locks.acquire(f"period {name}")
        if lock is None:
            runs.later(name, BUSY)
            return
        with lock:
            self._attempt(f"storing the next run of the period {name}", lambda: runs.later(name, period.every))
            self._run_once(period)

    def _run_once(self, period: Period) -> None:
        self._in_progress.add(period.name)
        try:
            with about(period=period.name), span(f"job {period.name}"):
                period.run()
        except Exception as error:  # noqa: BLE001 - logged, and kept for whoever asks; the next run tries again
            _log.exception(
                "period_failed",
                "the period {period} failed; it runs again within {every}",
                exc_info=error,
                level=logging.WARNING,
                period=period.name,
                every=period.every,
            )
            self._failures[period.name] = PeriodFailure(datetime.now(UTC), error)
        else:
            self._failures.pop(period.name, None)
        finally:
            self._in_progress.discard(period.name)

    def _keep_tending(self) -> None:
        while not self._stopping.wait(self._tend.total_seconds()):
            self._look_after_runs()

    def _look_after_runs(self) -> None:
        self._attempt("locking the id of the executor again", self._relock)
        self._attempt("storing missing runs", self._store_missing)
        self._attempt("taking over from dead executors", self._take_over)
        self._attempt("putting back runs that did not end", self._put_back)
        self._attempt("deleting ended runs", lambda: delete_ended(self._keep))

    def _relock(self) -> None:
        if self._own is not None and not self._own.held():
            self._own.release()
            self._own = self._lock_own_id()

    def _store_missing(self) -> None:
        runs = self._runs
        if runs is None:
            return
        for period in self._periods.values():
            runs.later(period.name, period.every)

    def _take_over(self) -> None:
        for executor_id in {row.executor_id for row in pending()} - {self._executor_id, None}:
            lock = self._locks.acquire(_executor(str(executor_id)))
            if lock is None:
                continue
            with lock:
                count = resume_all_of(str(executor_id))
            _log.warning(
                "executor_dead",
                "the executor {executor} is dead; put {runs} of its runs back into the queue",
                executor=executor_id,
                runs=count,
            )

    def _put_back(self) -> None:
        """Put back own runs that have been in progress since the last time without being here.

        For a moment, that is true of each run: before it begins, and while its end is stored.
        """
        unended = {row.workflow_id for row in pending() if row.executor_id == self._executor_id} - self._begun
        for run in unended & self._unended:
            put_back(run)
            _log.warning(
                "run_put_back", "the end of the run {job_run} was not stored; put it back into the queue", job_run=run
            )
        self._unended = unended

    def _attempt(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception:  # noqa: BLE001 - logged; the next tending tries again
            _log.exception("jobs_failed", "{what} failed; retrying within {every}", what=what, every=self._tend)

    def _close(self, *, wait: timedelta) -> None:
        """Destroy DBOS, then release the locks: no other process may take over runs before they have ended here."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=math.ceil(wait.total_seconds()))
        self._runs = None
        if self._own is not None:
            self._own.release()
            self._own = None
        _process.release()


def _executor(executor_id: str) -> str:
    return f"executor {executor_id}"


def _outside_of_workflows(do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call outside of the context in which DBOS would record the call as a step of the current workflow."""
    return contextvars.Context().run(do, *args, **kwargs)


def _quiet() -> None:
    """Let DBOS log through the logging of the service: it adds a console handler if its logger has no handler."""
    dbos_logger = logging.getLogger("dbos")
    if not dbos_logger.handlers:
        dbos_logger.addHandler(logging.NullHandler())
    dbos_logger.propagate = True
