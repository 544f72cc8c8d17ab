"""Labels and signs of workflow runs on pages."""

from provider.pages.image.labels import FAILED, FAILURE_ICON, SUCCESS_ICON, Sign
from proxy.github.run_types import STATUSES, WorkflowRun

_SIGNS = {
    "success": Sign(SUCCESS_ICON, "Success", "good"),
    "failure": FAILED,
    "timed_out": Sign(FAILURE_ICON, "Timed out", "bad"),
    "startup_failure": Sign(FAILURE_ICON, "Did not start", "bad"),
    "action_required": Sign("!", "Action required", "wait"),
    "cancelled": Sign("‖", "Cancelled", "wait"),
    "neutral": Sign("○", "Neutral", "calm"),
    "skipped": Sign("»", "Skipped", "calm"),
    "stale": Sign("◌", "Stale", "calm"),
    "completed": Sign("●", "Completed", "calm"),
    "in_progress": Sign("↻", "Running", "busy"),
    "queued": Sign("…", "Queued", "busy"),
    "requested": Sign("…", "Requested", "busy"),
    "waiting": Sign("◷", "Waiting", "wait"),
    "pending": Sign("…", "Pending", "busy"),
}
"""By GitHub's names of statuses and conclusions."""

# A run that did not start, or whose jobs were skipped, has no failed job to re-run.
_WITH_FAILED_JOBS = frozenset({"failure", "timed_out", "cancelled"})


def run_sign(run: WorkflowRun) -> Sign:
    """The sign of a run: of its conclusion, or of its status until it has completed."""
    return word_sign((run.conclusion or run.status) if run.is_completed else run.status)


def word_sign(word: str) -> Sign:
    """The sign of a GitHub status or conclusion; an unknown one is shown as it is."""
    return _SIGNS.get(word) or Sign("?", word.replace("_", " ").capitalize(), "calm")


def status_choices() -> dict[str, str]:
    """The statuses that a list of runs can be filtered by, with their labels."""
    return {status: word_sign(status).word for status in STATUSES}


def has_failed_jobs(run: WorkflowRun) -> bool:
    """Whether the run has failed jobs that can be re-run."""
    return run.is_completed and run.conclusion in _WITH_FAILED_JOBS
