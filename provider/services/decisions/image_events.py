"""Logs what has changed of a managed image: its enrollment, what it depends on, and its rebuilds."""

from catalog.image import DiscoveryStatus
from provider.domain.ledger import Ledger
from provider.domain.state import ImageState
from provider.services.decisions.base_events import log_check, log_digest
from provider.services.decisions.rebuild_events import causes_of, log_rebuild
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def log_image(name: str, before: ImageState | None, after: ImageState | None, commit: str) -> None:
    """Log what has changed between two states; None: it is not tracked.

    Args:
        name: of the image.
        before: the commit.
        after: the commit.
        commit: its id.
    """
    if after is None:
        if before is not None:
            _log.info("image_removed", "{image} is tracked no more", image=name, commit=commit)
        return
    if before is None:
        reference = str(after.enrollment.reference)
        _log.info("image_enrolled", "{image}: {reference} is tracked", image=name, reference=reference, commit=commit)
    log_digest(name, after.enrollment.reference, before.ledger if before else Ledger(), after.ledger, commit)
    log_check(name, before.error if before else None, after.error)
    _log_dependencies(before, after, commit)
    _log_window(before, after, commit)
    known = {record.id: record for record in before.rebuilds} if before else {}
    for record in after.rebuilds:
        if record != known.get(record.id):
            log_rebuild(name, known.get(record.id), record, commit)


def _log_dependencies(before: ImageState | None, after: ImageState, commit: str) -> None:
    found = tuple(edge.name for edge in after.dependencies)
    known = (before.discovery, tuple(edge.name for edge in before.dependencies)) if before else None
    if after.discovery is DiscoveryStatus.PENDING or (after.discovery, found) == known:
        return
    if after.discovery is DiscoveryStatus.FAILED:
        _log.warning("dependencies_unknown", "{image}: {error}", image=after.name, error=after.discovery_error)
        return
    _log.info(
        "dependencies_found",
        "{image} depends on {count} images",
        image=after.name,
        count=len(found),
        dependencies=found,
        unresolved=len(after.unresolved),
        commit=commit,
    )


def _log_window(before: ImageState | None, after: ImageState, commit: str) -> None:
    if after.pending is None or (before and before.pending):
        return
    _log.info(
        "rebuild_coming",
        "{image}: changes are grouped until {until}",
        image=after.name,
        until=after.pending.until.isoformat(),
        causes=causes_of(after.pending.causes),
        commit=commit,
    )
