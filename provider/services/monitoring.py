"""Ask registries what tags point to now, and write down what moved."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from catalog.image import Failure
from catalog.reference import Digest, ImageReference
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import Freshness, ImageState
from provider.ports import SnapshotStore
from provider.services.progress import Progress, no_progress
from proxy.errors import OutsideFailure
from proxy.ports import Manifest, Registry, Unchanged, Wanted

_REGISTRIES_AT_ONCE = 16
_MANIFESTS_AT_ONCE = 8


Sighting = Manifest | Unchanged | OutsideFailure
"""What a registry answered for one reference: what it points to now, the same as before, or a failure."""


def check_digests(
    now: datetime,
    store: SnapshotStore,
    registries: Registry,
    names: Collection[str],
    progress: Progress = no_progress,
) -> Snapshot:
    """Read where the tags of these entities point; a registry that is down never stops the others."""
    snapshot = store.read()
    wanted = _wanted(snapshot, names)
    if not wanted:
        return snapshot
    hosts: dict[str, list[Wanted]] = {}
    for reference, known in wanted.values():
        hosts.setdefault(reference.registry, []).append((reference, known))
    sightings: dict[ImageReference, Sighting] = {}
    step = progress("Digests", sum(map(len, hosts.values())))
    with ThreadPoolExecutor(_REGISTRIES_AT_ONCE) as pool:
        for found in pool.map(lambda asked: list(_counted(_ask(registries, asked), step)), hosts.values()):
            sightings.update(found)
    return store.write(lambda fresh: _noted(now, fresh, set(wanted), sightings), "Note what tags point to")


def _counted(
    answers: Iterable[tuple[ImageReference, Sighting]], step: Callable[[], None]
) -> Iterator[tuple[ImageReference, Sighting]]:
    for answer in answers:
        step()
        yield answer


def _wanted(snapshot: Snapshot, names: Collection[str]) -> dict[str, Wanted]:
    """Each entity's reference and known digest. An image that is being built is read when its build has ended."""
    found: dict[str, Wanted] = {}
    for name in names:
        if (image := snapshot.images.get(name)) and not image.active:
            found[name] = image.enrollment.reference, _known(image.ledger)
        elif base := snapshot.bases.get(name):
            found[name] = base.image.tagged, _known(base.ledger)
    return found


def _known(ledger: Ledger) -> Digest | None:
    # A digest that was gone is checked again: the registry may have it back.
    return ledger.current.digest if ledger.current and not ledger.current.gone else None


def _ask(registries: Registry, asked: Sequence[Wanted]) -> Iterator[tuple[ImageReference, Sighting]]:
    """All of one registry: first every digest, then what is behind those that moved."""
    known = dict(asked)
    moved: list[tuple[ImageReference, Digest]] = []
    for reference, answer in registries.check(asked):
        match answer:
            case OutsideFailure() | Unchanged():
                yield reference, answer
            case digest if digest == known[reference]:
                yield reference, Unchanged()
            case digest:
                moved.append((reference, digest))
    with ThreadPoolExecutor(_MANIFESTS_AT_ONCE) as pool:
        found = pool.map(lambda item: sight(registries, *item), moved)
        yield from zip((reference for reference, _ in moved), found, strict=True)


def sight(registries: Registry, reference: ImageReference, digest: Digest) -> Manifest | OutsideFailure:
    """A new digest with the platforms behind it."""
    try:
        return registries.manifest(reference.at(digest))
    except OutsideFailure as error:
        return error


def _noted(
    now: datetime, snapshot: Snapshot, names: Iterable[str], sightings: Mapping[ImageReference, Sighting]
) -> Changes:
    changes = Changes()
    for name in sorted(names):
        if (image := snapshot.images.get(name)) and not image.active:
            if (seen := sightings.get(image.enrollment.reference)) and (after := _image(now, image, seen)) != image:
                changes.images[name] = after
                changes.reasons.append(_said(name, image.ledger, after.ledger, after.error))
        elif (base := snapshot.bases.get(name)) and (seen := sightings.get(base.image.tagged)):
            error = _failure(now, base.error, seen)
            after_base = replace(base, ledger=_observed(now, base.ledger, seen), error=error)
            if after_base != base:
                changes.bases[name] = after_base
                changes.reasons.append(_said(name, base.ledger, after_base.ledger, error))
    return changes


def _image(now: datetime, image: ImageState, seen: Sighting) -> ImageState:
    ledger = _observed(now, image.ledger, seen)
    after = replace(image, ledger=ledger, error=_failure(now, image.error, seen))
    before = image.ledger.current
    if ledger.current is None or (before and ledger.current.digest == before.digest):
        return after
    if before is None:
        # What was assumed before it could be read is learned from the image itself.
        return _forgetting(after, Freshness.UNKNOWN)
    # It was built without us, so what it is built from has to be learned again.
    return replace(_forgetting(after, *Freshness), last_built=now)


def _forgetting(image: ImageState, *freshness: Freshness) -> ImageState:
    """The image, with what is known that surely of what it stands on to be learned anew."""
    edges = (
        replace(edge, built_on=None, freshness=Freshness.UNKNOWN) if edge.freshness in freshness else edge
        for edge in image.dependencies
    )
    return replace(image, dependencies=tuple(edges))


def _observed(now: datetime, ledger: Ledger, seen: Sighting) -> Ledger:
    return ledger.observe(now, seen.digest, seen.platforms) if isinstance(seen, Manifest) else ledger


def _failure(now: datetime, before: Failure | None, seen: Sighting) -> Failure | None:
    """The failure from now on: the first message stays while the cause is passing, so that each try is no commit."""
    if not isinstance(seen, OutsideFailure):
        return None
    if before is not None and (seen.transient or before.message == str(seen)):
        return before
    return Failure(now, str(seen))


def _said(name: str, before: Ledger, after: Ledger, error: Failure | None) -> str:
    if after is before:
        return f"{name}: {error.message}" if error else f"{name}: the check succeeds again"
    current = after.current
    assert current  # noqa: S101 - a ledger that changed has an observation
    if not before.observations:
        return f"{name}: first seen at {current.digest}"
    return f"{name}: moved to {current.digest}"
