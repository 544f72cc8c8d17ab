"""Check which digests the tags point to now, and record the changes."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from catalog.image import DiscoveryStatus, Evidence, Failure
from catalog.reference import DOCKER_HUB, Digest, ImageReference
from provider.containment import contained
from provider.domain.discovery.build_contexts import after_check
from provider.domain.discovery.platforms import is_read_again
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.errors import InternalError
from provider.ports import SnapshotStore
from provider.services.progress import Progress, no_progress
from proxy.at_once import AtOnce, run_all
from proxy.deadline import Deadline
from proxy.errors import KeptBack, NotFound, OutsideFailure, Refused
from proxy.ports import Manifest, Registry, Unchanged, Wanted
from proxy.registries.token_requests import WrongCredentials
from proxy.unexpected import failure_of

ROUND_SECONDS = 30.0
"""A round over digests or Dockerfiles records after this time what has arrived, and goes on later."""

_REGISTRIES_AT_ONCE = 16
_MANIFESTS_AT_ONCE = 8
# How long the threads of the registries may take to note their last results.
_LAST_RESULTS_SECONDS = 2.0
_NOT_READ = "this round ended before its manifest was read; retried later"


@dataclass(frozen=True, slots=True)
class UnreadDigest:
    """The digest that a reference points to now, whose manifest could not be read."""

    digest: Digest
    failure: OutsideFailure


CheckResult = Manifest | UnreadDigest | Unchanged | OutsideFailure
"""The result for one reference: what it points to now, the same as before, or a failure."""


@dataclass(frozen=True, slots=True)
class DigestChecks:
    """What a round over digests has found by its deadline.

    Attributes:
        snapshot: with everything that was recorded.
        references: of the entities that were to be checked, by name.
        results: by reference; KeptBack, or no result, for one that was not asked.
    """

    snapshot: Snapshot
    references: Mapping[str, ImageReference]
    results: Mapping[ImageReference, CheckResult]


def check_digests(
    now: Callable[[], datetime],
    store: SnapshotStore,
    registries: Registry,
    names: Collection[str],
    deadline: Deadline,
    progress: Progress = no_progress,
) -> DigestChecks:
    """Check the tags of these entities, and record what has arrived by the deadline.

    A registry that is down or does not answer in time does not affect the others.

    Args:
        now: gives the time that new digests are first seen at, once the registries have answered.
        store: has the entities.
        registries: are asked.
        names: of the entities, in the order in which they are checked.
        deadline: of the checks; recording them comes after it.
        progress: counts the references.
    """
    snapshot = store.read()
    wanted = _wanted(snapshot, names)
    if not wanted:
        return DigestChecks(snapshot, {}, {})
    hosts: dict[str, list[Wanted]] = {}
    for reference, known in wanted.values():
        hosts.setdefault(reference.registry, []).append((reference, known))
    found = _Found(progress("Digests", sum(map(len, hosts.values()))))
    checks = [partial(_check, registries, each, deadline, found) for each in hosts.values()]
    # Each of them notes its results one by one, and returns at the deadline.
    deque(run_all(checks, _REGISTRIES_AT_ONCE, deadline.later(_LAST_RESULTS_SECONDS)), maxlen=0)
    results = found.arrived()
    recorded = {reference: result for reference, result in results.items() if not isinstance(result, KeptBack)}
    at = now()
    snapshot = store.write(lambda fresh: _changes(at, fresh, set(wanted), recorded), "Record the digests of tags")
    return DigestChecks(snapshot, {name: reference for name, (reference, _) in wanted.items()}, results)


class _Found:
    """The results so far. What threads note after the deadline is in no round."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step
        self._lock = threading.Lock()
        self._results: dict[ImageReference, CheckResult] = {}

    def note(self, reference: ImageReference, result: CheckResult) -> None:
        with self._lock:
            self._results[reference] = result
            self._step()

    def replace(self, reference: ImageReference, result: CheckResult) -> None:
        with self._lock:
            self._results[reference] = result

    def arrived(self) -> Mapping[ImageReference, CheckResult]:
        with self._lock:
            return dict(self._results)


def _wanted(snapshot: Snapshot, names: Collection[str]) -> dict[str, Wanted]:
    """The reference and known digest of each entity.

    The digest of an image that is being built is read by `following` when its run ends. A run may never end, so an
    image that others depend on is checked meanwhile too: the age of a new digest counts for them.
    """
    found: dict[str, Wanted] = {}
    needed = _depended_on(snapshot, names)
    for name in names:
        if (image := snapshot.images.get(name)) and (not image.active or name in needed):
            found[name] = image.enrollment.reference, _known(image.ledger)
        elif base := snapshot.bases.get(name):
            found[name] = base.image.tagged, _known(base.ledger)
    return found


def _depended_on(snapshot: Snapshot, names: Collection[str]) -> frozenset[str]:
    """Those that other images depend on; nothing where none of these names is being built."""
    if not any((image := snapshot.images.get(name)) and image.active for name in names):
        return frozenset()
    return frozenset(edge.name for image in snapshot.images.values() for edge in image.dependencies)


def _known(ledger: Ledger) -> Digest | None:
    # A digest that was gone is checked again, because the registry may have it again; one that was not read is read.
    current = ledger.current
    return current.digest if current and not (current.gone or current.unread) else None


def _check(registries: Registry, wanted: Sequence[Wanted], deadline: Deadline, found: _Found) -> None:
    """Check all references of one registry: every digest, and meanwhile the manifests of those that changed."""
    known = dict(wanted)
    manifests = AtOnce(_MANIFESTS_AT_ONCE, deadline)
    try:
        for reference, answer in registries.check(wanted, deadline):
            match answer:
                case OutsideFailure() | Unchanged():
                    found.note(reference, answer)
                case digest if digest == known[reference]:
                    found.note(reference, Unchanged())
                case digest:
                    # Until its manifest is read: a new digest is recorded at once.
                    found.note(reference, UnreadDigest(digest, KeptBack(_NOT_READ)))
                    manifests.put(partial(_note_manifest, registries, reference, digest, found))
        manifests.wait()
    except Exception as error:  # noqa: BLE001 - an error of one registry is its own, and does not end the round
        failure = failure_of(f"the registry {wanted[0][0].registry}", error)
        for reference in known.keys() - found.arrived().keys():
            found.note(reference, failure)


def _note_manifest(registries: Registry, reference: ImageReference, digest: Digest, found: _Found) -> None:
    manifest = read_manifest(registries, reference, digest)
    found.replace(reference, UnreadDigest(digest, manifest) if isinstance(manifest, OutsideFailure) else manifest)


def read_manifest(registries: Registry, reference: ImageReference, digest: Digest) -> Manifest | OutsideFailure:
    """The manifest of a new digest, with its platforms; any failure is a value here."""
    try:
        return registries.manifest(reference.at(digest))
    except Exception as error:  # noqa: BLE001 - an error of one image is its own
        return failure_of(str(reference), error)


def _changes(
    now: datetime, snapshot: Snapshot, names: Iterable[str], results: Mapping[ImageReference, CheckResult]
) -> Changes:
    changes = Changes()
    for name in sorted(names):
        one = contained(name, _changes_of, now, snapshot, name, results)
        changes.add(Changes(errors={name: str(one)}) if isinstance(one, InternalError) else one)
    absent = [reference for reference, seen in results.items() if _is_absent(reference, seen)]
    return changes.followed_by(after_check(now, changes.apply(snapshot), absent))


def _is_absent(reference: ImageReference, seen: CheckResult) -> bool:
    """Whether the registry does not have the image; Docker Hub answers 401 for a repository that is not there."""
    refused = isinstance(seen, Refused) and not isinstance(seen, WrongCredentials)
    return isinstance(seen, NotFound) or (refused and reference.registry == DOCKER_HUB)


def _changes_of(now: datetime, snapshot: Snapshot, name: str, results: Mapping[ImageReference, CheckResult]) -> Changes:
    changes = Changes()
    if image := snapshot.images.get(name):
        checked = _image_that_is_built if image.active else _checked_image
        if (seen := results.get(image.enrollment.reference)) and (after := checked(now, image, seen)) != image:
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


def _image_that_is_built(now: datetime, image: ImageState, seen: CheckResult) -> ImageState:
    """The image after a check during its rebuild: only a new digest counts.

    Its own build may have pushed it. Then the end of the run says what it is built from; after another end it has to
    be learned.
    """
    after = replace(image, ledger=_observed(now, image.ledger, seen))
    if is_read_again(image, after):
        after = replace(after, discovery=DiscoveryStatus.PENDING)
    before, current = image.ledger.current, after.ledger.current
    same = before and current and before.digest == current.digest
    return after if same or current is None else _without_built_on(after, *Evidence)


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
    # A manifest that was not asked for yet is no failure.
    if not isinstance(failure, OutsideFailure) or isinstance(failure, KeptBack):
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
