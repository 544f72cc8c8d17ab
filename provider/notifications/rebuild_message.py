"""The body of the message about a rebuild. Pure."""

from datetime import datetime

from provider.domain.state import SERVICE, CauseState, RebuildStage, RebuildState


def rebuild_body(name: str, record: RebuildState) -> dict[str, object]:
    """The rebuild as JSON values; they stay the same until something changes that people should see.

    Returns:
        image, rebuild (its id), state (requested, dispatched, running, success, failure, cancelled, timed_out), reason,
        emergency, error, url, requestedBy (empty for the service itself), requestedAt, completedAt, digest, and causes
        [{name, reference, digest, previousDigest}]; unknown values are None.
    """
    return {
        "image": name,
        "rebuild": record.id,
        "state": _state(record),
        "reason": record.reason,
        "emergency": record.emergency,
        "error": record.error,
        "url": record.url,
        "requestedBy": "" if record.requested_by == SERVICE else record.requested_by,
        "requestedAt": record.requested_at.isoformat(),
        "completedAt": _text(record.completed_at),
        "digest": record.result,
        "causes": [_cause(cause) for cause in record.causes],
    }


def _state(record: RebuildState) -> str:
    if record.settled and record.conclusion is not None:
        return record.conclusion.value
    if record.stage is RebuildStage.REQUESTED:
        return "requested"
    # A run that is known counts as running until the new digest is read: before that the new image is not known.
    return "running" if record.url or record.run_id else "dispatched"


def _cause(cause: CauseState) -> dict[str, object]:
    return {
        "name": cause.name,
        "reference": cause.reference,
        "digest": cause.digest,
        "previousDigest": cause.previous_digest,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
