"""The stored runs: rows of DBOS's workflow table.

Each period has two series of runs: `soon` (requested for now) and `later` (due at a time, including the next regular
run). A series has at most one waiting run. Runs are numbered, and each number can be stored only once. That makes
wake-ups coalesce across all processes, and leaves one run instead of hundreds after a long stop.
The deduplication keys of DBOS are not enough: they are held during a run, so a wake-up in that time would be lost.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, WorkflowStatus, error

QUEUE = "periods"
WAITING = ("ENQUEUED", "DELAYED")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredRuns:
    """The runs of one application version; DBOS calls `workflow` with the name of a period.

    Do not call its methods inside a workflow: DBOS would record the call as a step and replay it instead of running it.
    """

    version: str
    workflow: Callable[[str], None]

    def soon(self, name: str) -> None:
        """Store a run for now, unless one that has not started is already due."""
        if not _rows(status="ENQUEUED", prefix=f"{self.version}.{name}.", limit=1):
            self._store(name, "soon", None)

    def later(self, name: str, after: timedelta) -> None:
        """Store a run no later than `after` from now; for now, if the series has no run yet."""
        newest = _newest(self._prefix(name, "later"))
        if newest is None:
            self._store(name, "later", None)
        elif newest.status not in WAITING:
            self._store(name, "later", after)
        elif newest.status == "DELAYED":
            due = int((time.time() + after.total_seconds()) * 1000)
            if (newest.delay_until_epoch_ms or 0) > due:
                DBOS.set_workflow_delay(newest.workflow_id, delay_until_epoch_ms=due)

    def _store(self, name: str, series: str, after: timedelta | None) -> None:
        """Store the next run of the series, unless one is already waiting."""
        prefix = self._prefix(name, series)
        newest = _newest(prefix)
        number = 1 if newest is None else int(newest.workflow_id.removeprefix(prefix)) + 1
        delay = None if after is None else after.total_seconds()
        while True:
            try:
                with (
                    SetWorkflowID(f"{prefix}{number}", workflow_id_reuse_policy="reject"),
                    SetEnqueueOptions(queue_partition_key=name, delay_seconds=delay),
                ):
                    DBOS.enqueue_workflow(QUEUE, self.workflow, name)
            except error.DBOSWorkflowIDInUseError as taken:
                if taken.workflow_status in WAITING:
                    return
                number += 1
            else:
                return

    def _prefix(self, name: str, series: str) -> str:
        return f"{self.version}.{name}.{series}."


def pending() -> list[WorkflowStatus]:
    """The runs that an executor has started and not ended."""
    return _rows(status="PENDING")


def resume_all_of(executor_id: str) -> int:
    """Put the runs of a dead executor back into the queue; the caller holds the lock on its id."""
    begun = [row for row in pending() if row.executor_id == executor_id]
    for row in begun:
        put_back(row.workflow_id)
    return len(begun)


def put_back(run: str) -> None:
    """Put a run that was started back into the queue."""
    DBOS.resume_workflow(run, queue_name=QUEUE)


def delete_ended(keep: timedelta) -> int:
    """Delete ended runs that were stored longer ago than `keep`; DBOS 3.4 does not delete runs itself."""
    before = (datetime.now(UTC) - keep).isoformat()
    ended = _rows(status=list(ENDED), end_time=before, limit=AT_ONCE)
    if ended:
        DBOS.delete_workflows([row.workflow_id for row in ended])
    return len(ended)


def _newest(prefix: str) -> WorkflowStatus | None:
    return next(iter(_rows(prefix=prefix, limit=1, newest_first=True)), None)


def _rows(
    *,
    status: str | list[str] | None = None,
    prefix: str | None = None,
    end_time: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> list[WorkflowStatus]:
    return DBOS.list_workflows(
        queue_name=QUEUE,
        status=status,
        workflow_id_prefix=prefix,
        end_time=end_time,
        limit=limit,
        sort_desc=newest_first,
        load_input=False,
        load_output=False,
    )
