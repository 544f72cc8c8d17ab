"""Check which digests the tags point to now, and record the changes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.image import DiscoveryStatus, Evidence, Failure
from catalog.reference import Digest, ImageReference
from provider.domain.discovery.platforms import is_read_again
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.ports import SnapshotStore
from provider.services.progress import Progress, no_progress
from proxy.errors import OutsideFailure
from proxy.ports import Manifest, Registry, Unchanged, Wanted

_REGISTRIES_AT_ONCE = 16
_MANIFESTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class UnreadDigest:
    """The digest that a reference points to now, whose manifest could not be read."""

    digest: Digest
    failure: OutsideFailure


CheckResult = Manifest | UnreadDigest | Unchanged | OutsideFailure
"""The result for one reference: what it points to now, the same as before, or a failure."""


def check_digests(
    now: datetime,
    store: SnapshotStore,
    registries: Registry,
    names: Collection[str],
    progress: Progress = no_progress,
) -> Snapshot:
    """Check the tags of these entities; a registry that is down does not affect the others."""
    snapshot = store.read()
    wanted = _wanted(snapshot, names)
    if not wanted:
        return snapshot
    hosts: dict[str, list[Wanted]] = {}
    for reference, known in wanted.values():
        hosts.setdefault(reference.registry, []).append((reference, known))
    results: dict[ImageReference, CheckResult] = {}
    step = progress("Digests", sum(map(len, hosts.values())))
    with ThreadPoolExecutor(_REGISTRIES_AT_ONCE) as pool:
        for found in pool.map(lambda each: list(_counted(_check(registries, each), step)), hosts.values()):
            results.update(found)
    return store.write(lambda fresh: _changes(now, fresh, set(wanted), results), "Record the digests of tags")


def _counted(
    answers: Iterable[tuple[ImageReference, CheckResult]], step: Callable[[], None]
) -> Iterator[tuple[ImageReference, CheckResult]]:
    for answer in answers:
        step()
        yield answer


def _wanted(snapshot: Snapshot, names: Collection[str]) -> dict[str, Wanted]:
    """The reference and known digest of each entity, without images that are being built: `following` reads those."""
    found: dict[str, Wanted] = {}
    for name in names:
        if (image := snapshot.images.get(name)) and not image.active:
            found[name] = image.enrollment.reference, _known(image.ledger)
        elif base := snapshot.bases.get(name):
            found[name] = base.image.tagged, _known(base.ledger)
    return found


def _known(ledger: Ledger) -> Digest | None:
    # A digest that was gone is checked again, because the registry may have it again; one that was not read is read.
    current = ledger.current
    return current.digest if current and not (current.gone or current.unread) else None


def _check(registries: Registry, wanted: Sequence[Wanted]) -> Iterator[tuple[ImageReference, CheckResult]]:
    """Check all references of one registry: first every digest, then the manifests of those that changed."""
    known = dict(wanted)
    moved: list[tuple[ImageReference, Digest]] = []
    for reference, answer in registries.check(wanted):
        match answer:
            case OutsideFailure() | Unchanged():
                yield reference, answer
            case digest if digest == known[reference]:
                yield reference, Unchanged()
            case digest:
                moved.append((reference, digest))
    with ThreadPoolExecutor(_MANIFESTS_AT_ONCE) as pool:
        found = pool.map(lambda item: read_manifest(registries, *item), moved)
        for (reference, digest), manifest in zip(moved, found, strict=True):
            yield reference, UnreadDigest(digest, manifest) if isinstance(manifest, OutsideFailure) else manifest


def read_manifest(registries: Registry, reference: ImageReference, digest: Digest) -> Manifest | OutsideFailure:
    """The manifest of a new digest, with its platforms; a failure is a value here."""
    try:
        return registries.manifest(reference.at(digest))
    except OutsideFailure as error:
        return error


def _changes(
    now: datetime, snapshot: Snapshot, names: Iterable[str], results: Mapping[ImageReference, CheckResult]
) -> Changes:
    changes = Changes()
    for name in sorted(names):
        if (image := snapshot.images.get(name)) and not image.active:
            if (seen := results.get(image.enrollment.reference)) and (
                after := _checked_image(now, image, seen)
            ) != image:
                changes.images[name] = after
                changes.reasons.append(_reason(name, image.ledger, after.ledger, after.error))
        elif (base := snapshot.bases.get(name)) and (seen := results.get(base.image.tagged)):
            error = _failure(now, base.error, seen)
            after_base = replace(base, ledger=_observed(now, base.ledger, seen), error=error)
            if after_base != base:
                changes.bases[name] = after_base
                changes.reasons.append(_reason(name, base.ledger, after_base.ledger, error))
    return changes


def _checked_image(now: datetime, image: ImageState, seen: CheckResult) -> ImageState:
    ledger = _observed(now, image.ledger, seen)
    after = replace(image, ledger=ledger, error=_failure(now, image.error, seen))
    if is_read_again(image, after):
        after = replace(after, discovery=DiscoveryStatus.PENDING)
    before = image.ledger.current
    if ledger.current is None or (before and ledger.current.digest == before.digest):
        return after
    if before is None:
        # The assumption was made before the image could be read; now its label or layers can replace it.
        return _without_built_on(after, Evidence.ASSUMED)
    # Another build made this digest, so what the image is built from has to be learned again.
    return replace(_without_built_on(after, *Evidence), last_built=now)


def _without_built_on(image: ImageState, *evidence: Evidence) -> ImageState:
    """The image without the `built_on` of every dependency whose evidence is one of these: it is learned again."""
    edges = (
        replace(edge, built_on=None, evidence=Evidence.ASSUMED) if edge.evidence in evidence else edge
        for edge in image.dependencies
    )
    return replace(image, dependencies=tuple(edges))


def _observed(now: datetime, ledger: Ledger, seen: CheckResult) -> Ledger:
    match seen:
        case Manifest():
            return ledger.observe(now, seen.digest, seen.platforms)
        case UnreadDigest():
            # Its age counts from now on, whatever the registry answers to the next request.
            return ledger.observe_unread(now, seen.digest)
        case _:
            return ledger


def _failure(now: datetime, before: Failure | None, seen: CheckResult) -> Failure | None:
    """The failure to record: the first message stays while a transient cause lasts, so that not every try commits."""
    failure = seen.failure if isinstance(seen, UnreadDigest) else seen
    if not isinstance(failure, OutsideFailure):
        return None
    if before is not None and (failure.transient or before.message == str(failure)):
        return before
    return Failure(now, str(failure))


def _reason(name: str, before: Ledger, after: Ledger, error: Failure | None) -> str:
    if after is before:
        return f"{name}: {error.message}" if error else f"{name}: the check succeeds again"
    current = after.current
    assert current  # noqa: S101 - a ledger that changed has an observation
    if before.current is None:
        return f"{name}: first seen at {current.digest}"
    if before.current.digest == current.digest:
        return f"{name}: {current.digest} can be read again"
    return f"{name}: moved to {current.digest}"
