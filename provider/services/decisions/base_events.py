"""Logs what has changed of a base image, and of the digest of any image."""

from catalog.image import Failure
from catalog.reference import ImageReference
from provider.domain.ledger import Ledger
from provider.domain.state import BaseState
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def log_base(name: str, before: BaseState | None, after: BaseState | None, commit: str) -> None:
    """Log what has changed between two states; None: it is not tracked.

    Args:
        name: of the base image.
        before: the commit.
        after: the commit.
        commit: its id.
    """
    if after is None:
        if before is not None:
            _log.info("base_dropped", "{image}: no image depends on it any more", image=name, commit=commit)
        return
    if before is None:
        reference = str(after.image.tagged)
        _log.info("base_found", "{image}: {reference} is watched", image=name, reference=reference, commit=commit)
    log_digest(name, after.image.tagged, before.ledger if before else Ledger(), after.ledger, commit)
    log_check(name, before.error if before else None, after.error)


def log_digest(name: str, reference: ImageReference, before: Ledger, after: Ledger, commit: str) -> None:
    """Log a new digest of an image, the first one too."""
    old, new = before.current, after.current
    if new is None or (old is not None and old.digest == new.digest):
        return
    _log.info(
        "digest_seen",
        "{image}: {reference} is {digest}",
        image=name,
        reference=str(reference),
        digest=new.digest,
        previous=old.digest if old else None,
        seen_by=new.seen_by,
        commit=commit,
    )


def log_check(name: str, before: Failure | None, after: Failure | None) -> None:
    """Log that checks of an image begin to fail, or succeed again."""
    if after is not None and (before is None or before.message != after.message):
        _log.warning("check_failed", "{image}: {error}", image=name, error=after.message)
    elif before is not None and after is None:
        _log.info("check_succeeds", "{image}: the check succeeds again", image=name)
