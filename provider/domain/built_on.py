"""From which digests images are built, where no rebuild of ours recorded it: from clues, else assumed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.image import DependencyRole, Evidence
from catalog.reference import Digest
from provider.containment import contained
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import DependencyState, ImageState
from provider.errors import InternalError

_PINS = {True: Evidence.LAYERS, False: Evidence.MISMATCH, None: Evidence.ASSUMED}


@dataclass(frozen=True, slots=True)
class Clues:
    """What an image shows about the digests that it is built from.

    Attributes:
        of: the digest of the image that was read; None where the image has none yet.
        label: the digest that the label of the image names.
        layers: dependency name to the observed digest whose layers are the lowest layers of the image.
        pins: name of a pinned dependency to whether the image has the layers of the pinned digest.
    """

    of: Digest | None = None
    label: Digest | None = None
    layers: Mapping[str, Digest] = field(default_factory=dict)
    pins: Mapping[str, bool] = field(default_factory=dict)


def unlearned(snapshot: Snapshot) -> Iterator[ImageState]:
    """The images with an unknown `built_on` that can be learned: without a running rebuild, with an observed base."""
    for name, image in snapshot.images.items():
        if contained(name, _is_unlearned, snapshot, image) is True:
            yield image


def _is_unlearned(snapshot: Snapshot, image: ImageState) -> bool:
    # Most images have nothing unknown, and each round looks at all of them.
    unknown = not all(dependency.built_on for dependency in image.dependencies)
    return unknown and not image.active and any(missing(snapshot, image))


def missing(snapshot: Snapshot, image: ImageState) -> Iterator[DependencyState]:
    """The dependencies that have been observed, and whose `built_on` is not known.

    Of those that are pinned, the final ones with a tag: a pin that was changed says nothing about an image that was
    not built since.
    """
    for dependency in image.dependencies:
        pinned_final = dependency.role is DependencyRole.FINAL and dependency.image.tag is not None
        if dependency.built_on or (dependency.pinned and not pinned_final):
            continue
        if snapshot.ledger(dependency.name).current:
            yield dependency


def learn_built_on(now: datetime, snapshot: Snapshot, clues: Mapping[str, Clues]) -> Changes:
    """Set every `built_on` that is not known yet.

    Args:
        now: by our own clock.
        snapshot: the state after the checks.
        clues: image name to its clues; images without clues, and those that have changed since, wait for a later round.
    """
    changes = Changes()
    for image in unlearned(snapshot):
        shown = clues.get(image.name)
        current = image.ledger.current
        if shown is None or shown.of != (current.digest if current else None):
            continue
        after = contained(image.name, _with_learned, now, snapshot, image, shown)
        if isinstance(after, InternalError):
            changes.errors[image.name] = str(after)
            continue
        changes.images[image.name], reason = after
        changes.reasons.append(f"{image.name}: {reason}")
    return changes


def _with_learned(now: datetime, snapshot: Snapshot, image: ImageState, shown: Clues) -> tuple[ImageState, str]:
    final = [edge for edge in image.dependencies if edge.role is DependencyRole.FINAL]
    learned = {edge: _learned(now, snapshot, edge, shown, alone=final == [edge]) for edge in missing(snapshot, image)}
    edges = tuple(learned.get(edge, edge) for edge in image.dependencies)
    return replace(image, dependencies=edges), _reason(learned.values())


def _learned(
    now: datetime, snapshot: Snapshot, dependency: DependencyState, shown: Clues, *, alone: bool
) -> DependencyState:
    """The dependency with what it is built from; `alone`: it is the only final one, so that the label is about it."""
    ledger = snapshot.ledger(dependency.name)
    is_final = dependency.role is DependencyRole.FINAL
    pin = dependency.image.digest
    # A label that is not known can name a child of the pinned index.
    told = shown.label == pin or (alone and pin is None)
    if shown.label and is_final and (told or knows(ledger, shown.label)):
        digest, evidence = _index_of(ledger, shown.label), Evidence.LABEL
    elif layers := shown.layers.get(dependency.name):
        digest, evidence = layers, Evidence.LAYERS
    elif pin:
        digest, evidence = pin, _PINS[shown.pins.get(dependency.name)]
    else:
        current = ledger.current
        assert current  # noqa: S101 - `missing` only yields dependencies that have been observed
        digest, evidence = current.digest, Evidence.ASSUMED
    return replace(dependency, built_on=BuiltOn(digest, now), evidence=evidence)


def knows(ledger: Ledger, label: Digest) -> bool:
    """Whether the tag pointed to this digest, or to an index with it."""
    return any(label == seen.digest or label in seen.platforms.values() for seen in ledger.observations)


def _index_of(ledger: Ledger, label: Digest) -> Digest:
    """The digest of the index that contains the labelled child; the label itself where no index does."""
    indexes = (seen.digest for seen in reversed(ledger.observations) if label in seen.platforms.values())
    return next(indexes, label)


def _reason(learned: Iterable[DependencyState]) -> str:
    known = [
        f"{edge.image.familiar} at {edge.built_on.digest} ({edge.evidence.value})" for edge in learned if edge.built_on
    ]
    return f"taken to be built from {', '.join(known)}"
