"""What images are built from, where no rebuild of ours says so: what they show, else the base's digest. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.image import DependencyRole
from catalog.reference import Digest
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import DependencyState, Freshness, ImageState


@dataclass(frozen=True, slots=True)
class Clues:
    """What an image shows of what it is built from.

    Attributes:
        of: the digest of the image that was read; None where there is none yet.
        label: what its own label names.
        layers: dependency's name to the observed digest whose layers are the image's lowest.
    """

    of: Digest | None = None
    label: Digest | None = None
    layers: Mapping[str, Digest] = field(default_factory=dict)


def unlearned(snapshot: Snapshot) -> Iterator[ImageState]:
    """The images of which something can be learned: no rebuild is in progress, and a base has been seen."""
    for image in snapshot.images.values():
        if not image.active and any(missing(snapshot, image)):
            yield image


def missing(snapshot: Snapshot, image: ImageState) -> Iterator[DependencyState]:
    """The dependencies of which it is not known what the image has of them, though they have been seen."""
    for dependency in image.dependencies:
        if not dependency.built_on and not dependency.pinned and snapshot.ledger(dependency.name).current:
            yield dependency


def learn_built_on(now: datetime, snapshot: Snapshot, clues: Mapping[str, Clues]) -> Changes:
    """Fill in what is not known yet.

    Args:
        now: by our own clock.
        snapshot: the state, after the looks.
        clues: image name to what it shows; images that are missing, or have changed since, wait for another round.
    """
    changes = Changes()
    for image in unlearned(snapshot):
        shown = clues.get(image.name)
        current = image.ledger.current
        if shown is None or shown.of != (current.digest if current else None):
            continue
        learned = {edge: _learned(now, snapshot, edge, shown) for edge in missing(snapshot, image)}
        edges = tuple(learned.get(edge, edge) for edge in image.dependencies)
        changes.images[image.name] = replace(image, dependencies=edges)
        changes.reasons.append(f"{image.name}: {_said(learned.values())}")
    return changes


def _learned(now: datetime, snapshot: Snapshot, dependency: DependencyState, shown: Clues) -> DependencyState:
    ledger = snapshot.ledger(dependency.name)
    if shown.label and dependency.role is DependencyRole.FINAL:
        digest, freshness = _whole(ledger, shown.label), Freshness.LABEL
    elif layers := shown.layers.get(dependency.name):
        digest, freshness = layers, Freshness.LAYERS
    else:
        current = ledger.current
        assert current  # noqa: S101 - what was never seen is not missing
        digest, freshness = current.digest, Freshness.UNKNOWN
    return replace(dependency, built_on=BuiltOn(digest, now), freshness=freshness)


def _whole(ledger: Ledger, label: Digest) -> Digest:
    """The digest of the index whose child the label names; the label itself where there is none."""
    behind = (seen.digest for seen in reversed(ledger.observations) if label in seen.platforms.values())
    return next(behind, label)


def _said(learned: Iterable[DependencyState]) -> str:
    known = [
        f"{edge.image.familiar} at {edge.built_on.digest} ({edge.freshness.value})" for edge in learned if edge.built_on
    ]
    return f"taken to be built from {', '.join(known)}"
