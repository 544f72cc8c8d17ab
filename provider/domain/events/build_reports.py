"""What a build system's report about a rebuild means. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from catalog.image import Conclusion
from provider.domain.build_request import Run
from provider.domain.events import BuildReported

LONGEST_BUILD = timedelta(hours=24)
"""How long a build is awaited that nothing ends: one that reports no result, or waits for a person."""

_RUNNING = ("queued", "pending", "running", "in_progress")
_ENDED = "completed"
_CONCLUSIONS = tuple(conclusion.value for conclusion in Conclusion)


def report_problem(status: str, conclusion: Conclusion | None) -> str | None:
    """What is wrong with a report; None where it can be read."""
    if status in _RUNNING:
        return f"status {status} has no conclusion; a build that has ended is completed" if conclusion else None
    if status == _ENDED:
        return None if conclusion else f"status {status} needs a conclusion: {_listed(_CONCLUSIONS)}"
    if status in _CONCLUSIONS:
        return None if conclusion in (None, status) else f"status {status} contradicts conclusion {conclusion.value}"
    return f"this status is not known; known are {_listed((*_RUNNING, _ENDED, *_CONCLUSIONS))}"


def run_of(report: BuildReported, at: datetime) -> Run:
    """The run that a report describes; the report has no problem. A status may be the conclusion itself.

    Args:
        report: the report.
        at: when it came.
    """
    url = report.url if report.url and report.url.isprintable() else None
    if report.status in _RUNNING:
        return Run(report.rebuild_id, url, report.status, None)
    return Run(report.rebuild_id, url, _ENDED, report.conclusion or Conclusion(report.status), at)


def ended_runs(reports: Iterable[BuildReported], at: datetime) -> dict[str, Run]:
    """The runs that have ended by these reports, by rebuild id."""
    runs = (run_of(report, at) for report in reports)
    return {run.id: run for run in runs if run.conclusion}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
