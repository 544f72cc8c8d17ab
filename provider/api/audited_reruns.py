"""Re-runs of workflow runs, with a permission check and an audit record for each attempt."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter
from werkzeug.exceptions import Conflict, Forbidden, HTTPException

from provider.api.answers.upstream_failures import upstream_failure
from provider.auth.access import current_caller
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.services.auditing import AUDIT, audit
from provider.services.enrolled_sources import EnrolledSource
from proxy.errors import NotFound, OutcomeUnknown, OutsideFailure
from proxy.github.actions import WorkflowRuns
from proxy.github.run_types import NotRerunnable
from proxy.observing.event_log import EventLog
from proxy.places import NoPlace

_OUTCOMES: tuple[tuple[type[OutsideFailure], str], ...] = (
    (NotFound, "not-found"),
    (NotRerunnable, "refused"),
    (OutcomeUnknown, "unknown"),
)

_log = EventLog(AUDIT)


class AuditedReruns:
    """Writes one audit record for each attempt and counts it in a metric by outcome.

    Args:
        runs: sends the re-run to GitHub.
        registry: the metrics that /metrics shows.
    """

    def __init__(self, runs: WorkflowRuns, registry: CollectorRegistry) -> None:
        self._runs = runs
        self._count = Counter(
            "image_factory_reruns_total",
            "Requests to re-run a workflow run, by outcome.",
            ["outcome"],
            registry=registry,
        )

    def rerun(self, source: EnrolledSource, workflow: str, run_id: int, *, failed_only: bool) -> None:
        """Re-run a workflow run of the image for the caller of the current request.

        Raises:
            Forbidden: the caller lacks the permission.
            OutsideFailure: see `WorkflowRuns.rerun`.
        """
        try:
            require(Action.REBUILD, source.owner)
        except Forbidden:
            self._note(source, run_id, "not-allowed", failed_only=failed_only)
            raise
        try:
            self._runs.rerun(source.repository, workflow, run_id, failed_only=failed_only)
        except OutsideFailure as error:
            outcome = next((name for kind, name in _OUTCOMES if isinstance(error, kind)), "failed")
            self._note(source, run_id, outcome, failed_only=failed_only)
            raise
        self._note(source, run_id, "done", failed_only=failed_only)

    def _note(self, source: EnrolledSource, run_id: int, outcome: str, *, failed_only: bool) -> None:
        caller = current_caller()
        _log.info(
            "run_rerun",
            "rerun caller={caller} image={image} repository={repository} run={run} what={what} outcome={outcome}",
            caller=caller.name if caller else "anonymous",
            image=source.image,
            repository=source.repository,
            run=run_id,
            what="failed-jobs" if failed_only else "all-jobs",
            outcome=outcome,
        )
        audit("rerun", source.image, outcome, reason=f"run {run_id}, {'failed' if failed_only else 'all'} jobs")
        self._count.labels(outcome).inc()


def rerun_failure(error: OutsideFailure | NoPlace, now: Callable[[], datetime]) -> HTTPException:
    """The HTTP error for a failed re-run: 409 if the run cannot be re-run now, else as for every upstream failure."""
    return Conflict(str(error)) if isinstance(error, NotRerunnable) else upstream_failure(error, now)
