"""Remove old histories and the contents of the archive, so that every decision stays the same. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from catalog.image import Evidence
from catalog.reference import Digest
from provider.containment import contained
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.retention.ledgers import shortened
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildState
from provider.errors import InternalError

_ARCHIVE_REASON = "{}: its history is removed from the archive"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long state is kept that no decision needs; None: forever.

    Attributes:
        history: observations of tags after another digest took their place, and rebuilds after their end.
        archive: what is known of an image after it was archived.
    """

    history: timedelta | None = None
    archive: timedelta | None = None


def expire(now: datetime, snapshot: Snapshot, retention: Retention) -> Changes:
    """The changes that remove what is older than its retention, with a reason for each file.

    What images are built from, current digests, running and last rebuilds, and rebuilds that keep an automatic one from
    happening twice stay. Where that ends with an unexpected error for an image, it stays as it is, and the error is in
    the changes; for an archived one, it is in the log alone. Of an archived image, the name, the reference and the file
    of its entry stay for ever: an entry of another file does not get them without a rule, and a base that is found
    again has its name again.
    """
    changes = Changes()
    if retention.history is not None:
        changes.add(_histories(now - retention.history, snapshot))
    if retention.archive is not None:
        changes.add(_archive(now, retention.archive, snapshot))
    return changes


def _histories(before: datetime, snapshot: Snapshot) -> Changes:
    changes = Changes()
    uses = _uses(snapshot, changes.errors)
    if snapshot.unreadable or changes.errors:
        # What an image needs is not known while its state cannot be read.
        return changes
    states: Mapping[str, ImageState | BaseState] = {**snapshot.bases, **snapshot.images}
    ledgers: dict[str, Ledger] = {}
    digests: set[Digest] = set()
    for name, state in states.items():
        found = contained(name, _ledger, state, before, uses.get(name, ()))
        if isinstance(found, InternalError):
            changes.errors[name] = str(found)
        else:
            ledgers[name] = found
            digests |= {seen.digest for seen in found.observations}
    complete = not changes.errors
    for name, base in snapshot.bases.items():
        if name not in snapshot.images and name in ledgers and ledgers[name] != base.ledger:
            changes.bases[name] = replace(base, ledger=ledgers[name])
            changes.reasons.append(_reason(name, base.ledger, ledgers[name]))
    for name, image in snapshot.images.items():
        if name in ledgers:
            # Which rebuilds are needed is not known while a history cannot be read.
            one = contained(name, _image, name, image, ledgers[name], before, digests if complete else None)
            changes.add(Changes(errors={name: str(one)}) if isinstance(one, InternalError) else one)
    return changes


def _image(
    name: str, image: ImageState, ledger: Ledger, before: datetime, digests: Collection[Digest] | None
) -> Changes:
    kept = image.rebuilds if digests is None else _rebuilds(image, before, digests)
    if ledger == image.ledger and len(kept) == len(image.rebuilds):
        return Changes()
    reason = _reason(name, image.ledger, ledger, len(image.rebuilds) - len(kept))
    return Changes({name: replace(image, ledger=ledger, rebuilds=kept)}, reasons=[reason])


def _uses(snapshot: Snapshot, errors: dict[str, str]) -> Mapping[str, list[DependencyState]]:
    """The dependencies on each image or base, by its name; an image whose dependencies are not known is an error."""
    uses: dict[str, list[DependencyState]] = {}
    for name, image in snapshot.images.items():
        found = contained(name, _named, image)
        if isinstance(found, InternalError):
            errors[name] = str(found)
            continue
        for needed, dependency in found:
            uses.setdefault(needed, []).append(dependency)
    return uses


def _named(image: ImageState) -> list[tuple[str, DependencyState]]:
    return [(dependency.name, dependency) for dependency in image.dependencies]


def _ledger(state: ImageState | BaseState, before: datetime, uses: Collection[DependencyState]) -> Ledger:
    if isinstance(state, ImageState) and state.active:
        return state.ledger
    built_on = [use.built_on for use in uses if use.built_on is not None]
    if len(built_on) < len(uses):
        # What an image is built from is still to be learned, by comparing it with the history.
        return state.ledger
    # A pinned digest that the tag never had counts from the same time.
    pins = [BuiltOn(use.image.digest, use.built_on.at) for use in uses if use.built_on and use.image.digest]
    return shortened(state.ledger, before, [*built_on, *pins], [*_missed(uses)])


def _missed(uses: Iterable[DependencyState]) -> Iterator[Digest]:
    """The digests that images were to be built from, and were not."""
    for use in uses:
        if use.evidence is Evidence.MISMATCH:
            yield from (digest for digest in (use.image.digest, use.built_on and use.built_on.digest) if digest)


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
    ones = [contained(name, _archived, now, kept, name, image) for name, image in snapshot.archived_images.items()]
    ones += [contained(name, _archived_base, now, kept, name, base) for name, base in snapshot.archived_bases.items()]
    for one in ones:
        if not isinstance(one, InternalError):
            changes.add(one)
    return changes


def _archived(now: datetime, kept: timedelta, name: str, image: ImageState) -> Changes:
    if image.archived_at is None:
        return Changes(archived_images={name: replace(image, archived_at=now)})
    if image.archived_at >= now - kept or (emptied := _emptied(image)) == image:
        return Changes()
    return Changes(archived_images={name: emptied}, reasons=[_ARCHIVE_REASON.format(name)])


def _archived_base(now: datetime, kept: timedelta, name: str, base: BaseState) -> Changes:
    if base.archived_at is None:
        return Changes(archived_bases={name: replace(base, archived_at=now)})
    if base.archived_at >= now - kept or not base.ledger.observations:
        return Changes()
    return Changes(archived_bases={name: replace(base, ledger=Ledger())}, reasons=[_ARCHIVE_REASON.format(name)])


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
