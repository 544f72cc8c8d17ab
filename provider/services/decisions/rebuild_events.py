"""Logs the course of a rebuild; each event has its id."""

from collections.abc import Iterable

from catalog.image import Conclusion
from provider.domain.state import CauseState, RebuildState
from proxy.observing.context import about
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def causes_of(causes: Iterable[CauseState]) -> list[dict[str, object]]:
    """The causes as a log has them: each image with its new digest and the one before."""
    return [{"image": each.name, "digest": each.digest, "previous": each.previous_digest} for each in causes]


def log_rebuild(name: str, before: RebuildState | None, after: RebuildState, commit: str) -> None:
    """Log what has happened to a rebuild; None: it was not requested before.

    Args:
        name: of the image.
        before: the commit.
        after: the commit.
        commit: its id.
    """
    with about(image=name, rebuild_id=after.id, commit=commit):
        _log_request(before, after)
        if after.run_id and not (before and before.run_id):
            _log.info("rebuild_started", "the build system runs it as {run}", run=after.run_id, url=after.url)
        _log_problem(before, after)
        if after.conclusion and not (before and before.conclusion):
            _log_end(after)
        if after.result and not (before and before.result):
            evidence = after.evidence.value if after.evidence else None
            _log.info("rebuild_made", "it made {digest}", digest=after.result, evidence=evidence)


def _log_request(before: RebuildState | None, after: RebuildState) -> None:
    if before is None:
        _log.info(
            "rebuild_requested",
            "it is rebuilt: {reason}",
            reason=after.reason,
            causes=causes_of(after.causes),
            requested_by=after.requested_by,
            person_requests=after.requests,
            emergency=after.emergency,
            cve=after.cve,
        )
    elif after.asked > before.asked:
        _log.info("rebuild_asked_again", "its request is sent again", asked=after.asked)


def _log_problem(before: RebuildState | None, after: RebuildState) -> None:
    """Log an error while the rebuild goes on."""
    if after.error and after.conclusion is None and not (before and before.error == after.error):
        retry_at = after.retry_at.isoformat() if after.retry_at else None
        _log.warning("rebuild_delayed", "{error}", error=after.error, retry_at=retry_at)


def _log_end(after: RebuildState) -> None:
    well = after.conclusion is Conclusion.SUCCESS
    (_log.info if well else _log.warning)(
        "rebuild_ended",
        "it ended with {conclusion}",
        conclusion=after.conclusion.value if after.conclusion else None,
        error=after.error,
        url=after.url,
    )
