"""Remove old histories and the contents of the archive, so that every decision stays the same. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog.reference import Digest
from provider.containment import contained
from provider.domain.ledger import Ledger
from provider.domain.retention.ledgers import shortened
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildState
from provider.errors import InternalError


@dataclass(frozen=True, slots=True)
class Retention:
    """How long state is kept that no decision needs; None: for ever.

    Attributes:
        history: observations of tags after another digest took their place, and rebuilds after their end.
        archive: what is known of an image after it was archived.
    """

    history: timedelta | None = None
    archive: timedelta | None = None


def expire(now: datetime, snapshot: Snapshot, retention: Retention) -> Changes:
    """The changes that remove what is older than its retention, with a reason for each file.

    What images are built from, current digests, running and last rebuilds, and rebuilds that keep an automatic one from
    happening twice stay. Of an archived image, the name, the reference and the file of its entry stay for ever: an
    entry of another file does not get them without a rule, and a base that is found again has its name again.
    """
    changes = Changes()
    if retention.history is not None:
        changes.add(_histories(now - retention.history, snapshot))
    if retention.archive is not None:
        changes.add(_archive(now, retention.archive, snapshot))
    return changes


def _histories(before: datetime, snapshot: Snapshot) -> Changes:
    uses = _uses(snapshot)
    if uses is None:
        # What an image needs is not known while its state cannot be read.
        return Changes()
    states: Mapping[str, ImageState | BaseState] = {**snapshot.bases, **snapshot.images}
    ledgers = {name: _ledger(state, before, uses.get(name, ())) for name, state in states.items()}
    digests = {seen.digest for ledger in ledgers.values() for seen in ledger.observations}
    changes = Changes()
    for name, base in snapshot.bases.items():
        if name not in snapshot.images and ledgers[name] != base.ledger:
            changes.bases[name] = replace(base, ledger=ledgers[name])
            changes.reasons.append(_reason(name, base.ledger, ledgers[name]))
    for name, image in snapshot.images.items():
        kept = _rebuilds(image, before, digests)
        if ledgers[name] != image.ledger or len(kept) < len(image.rebuilds):
            changes.images[name] = replace(image, ledger=ledgers[name], rebuilds=kept)
            changes.reasons.append(_reason(name, image.ledger, ledgers[name], len(image.rebuilds) - len(kept)))
    return changes


def _uses(snapshot: Snapshot) -> Mapping[str, list[DependencyState]] | None:
    """The dependencies on each image or base, by its name; None where they are not all known."""
    if snapshot.unreadable:
        return None
    uses: dict[str, list[DependencyState]] = {}
    for name, image in snapshot.images.items():
        found = contained(name, list, image.dependencies)
        if isinstance(found, InternalError):
            return None
        for dependency in found:
            uses.setdefault(dependency.name, []).append(dependency)
    return uses


def _ledger(state: ImageState | BaseState, before: datetime, uses: Collection[DependencyState]) -> Ledger:
    if isinstance(state, ImageState) and state.active:
        return state.ledger
    built_on = [use.built_on for use in uses if use.built_on is not None]
    if len(built_on) < len(uses):
        # What an image is built from is still to be learned, by comparing it with the history.
        return state.ledger
    return shortened(state.ledger, before, built_on, [use.image.digest for use in uses if use.image.digest is not None])


def _rebuilds(image: ImageState, before: datetime, digests: Collection[Digest]) -> tuple[RebuildState, ...]:
    """The rebuilds that stay, given the digests that are in any history."""
    newest = (
        image.last_rebuild,
        next((record for record in reversed(image.rebuilds) if record.settled), None),
        next((record for record in reversed(image.rebuilds) if record.result is not None), None),
    )
    return tuple(
        record
        for record in image.rebuilds
        if record in newest
        or record.active
        or (record.completed_at or record.requested_at) >= before
        or record.result in digests
        or _binds(record, digests)
    )


def _binds(record: RebuildState, digests: Collection[Digest]) -> bool:
    """Whether its causes can come again, so that its key keeps them from causing another rebuild."""
    return bool(record.causes) and all(cause.digest in digests for cause in record.causes)


def _archive(now: datetime, kept: timedelta, snapshot: Snapshot) -> Changes:
    changes = Changes()
    for name, image in snapshot.archived_images.items():
        if image.archived_at is None:
            changes.archived_images[name] = replace(image, archived_at=now)
        elif image.archived_at < now - kept and (emptied := _emptied(image)) != image:
            changes.archived_images[name] = emptied
            changes.reasons.append(f"{name}: its history is removed from the archive")
    for name, base in snapshot.archived_bases.items():
        if base.archived_at is None:
            changes.archived_bases[name] = replace(base, archived_at=now)
        elif base.archived_at < now - kept and base.ledger.observations:
            changes.archived_bases[name] = replace(base, ledger=Ledger())
            changes.reasons.append(f"{name}: its history is removed from the archive")
    return changes


def _emptied(image: ImageState) -> ImageState:
    return replace(
        image, ledger=Ledger(), rebuilds=(), dependencies=(), unresolved=(), warnings=(), unconfirmed=(), error=None
    )


def _reason(name: str, ledger: Ledger, after: Ledger, rebuilds: int = 0) -> str:
    digests = len(ledger.observations) - len(after.observations)
    counts = [_count(number, what) for number, what in ((digests, "digest"), (rebuilds, "rebuild")) if number]
    return f"{name}: {' and '.join(counts)} removed from the history"


def _count(number: int, what: str) -> str:
    return f"1 old {what}" if number == 1 else f"{number} old {what}s"
