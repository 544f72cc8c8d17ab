"""The stored runs: rows of DBOS's workflow table.

Each period has two series of runs, `soon` (asked for now) and `later` (due at a time, among them the next regular one).
A series has at most one run that waits. Runs are numbered, and a number can be stored once: that alone makes wakes
coalesce, in however many processes, and a long stop leave one run rather than hundreds.
DBOS's own deduplication keys do not do it: they are held while a run is in progress, so a wake in that time is lost.
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
    """The runs of one application version; `workflow` is what DBOS calls with a period's name.

    Nothing of it may be called inside a workflow: DBOS would record it as a step and replay it instead of doing it.
    """

    version: str
    workflow: Callable[[str], None]

    def soon(self, name: str) -> None:
        """Store a run for now, unless one that has not begun is due already."""
        if not _rows(status="ENQUEUED", prefix=f"{self.version}.{name}.", limit=1):
            self._store(name, "soon", None)

    def later(self, name: str, after: timedelta) -> None:
        """Have a run no later than `after` from now; now, where the database knows of no run of this series."""
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
        """Store the run after the newest one, unless one that waits is there first."""
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
    """The runs that some executor began and did not end."""
    return _rows(status="PENDING")


def resume_all_of(executor_id: str) -> int:
    """Put the runs that a dead executor had begun back into the queue; the caller holds the claim on its id."""
    begun = [row for row in pending() if row.executor_id == executor_id]
    for row in begun:
        DBOS.resume_workflow(row.workflow_id, queue_name=QUEUE)
    return len(begun)


def forget_ended(keep: timedelta) -> int:
    """Delete the runs that were stored longer ago than `keep` and have ended; DBOS 3.4 deletes none by itself."""
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
