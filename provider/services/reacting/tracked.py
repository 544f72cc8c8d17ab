"""Which names a check concerns, and which Dockerfiles are to be read again. Pure."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from catalog.image import DiscoveryStatus
from catalog.reference import ImageReference
from provider.containment import contained
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.errors import InternalError


def needed(images: Iterable[ImageState]) -> set[str]:
    """The names of the dependencies of these images."""
    found = (contained(image.name, _names_of, image) for image in images)
    return {name for names in found if not isinstance(names, InternalError) for name in names}


def _names_of(image: ImageState) -> list[str]:
    return [dependency.name for dependency in image.dependencies]


def tracked(snapshot: Snapshot) -> Collection[str]:
    """The names of all images, first the managed ones."""
    return {**snapshot.images, **snapshot.bases}.keys()


def to_check(snapshot: Snapshot, asked: Collection[str], others: Collection[str]) -> list[str]:
    """The names whose digests a reaction checks.

    Args:
        snapshot: the state.
        asked: that a person wants to be checked; their dependencies are checked too.
        others: that events are about, or that are new.
    """
    names = {*asked, *others, *needed(image for name in asked if (image := snapshot.images.get(name)))}
    return [name for name in tracked(snapshot) if name in names]


def pending(snapshot: Snapshot, names: Collection[str]) -> Changes:
    """Note that the Dockerfiles of these images have to be read."""
    changes = Changes()
    for name in sorted(names):
        image = snapshot.images.get(name)
        if image and image.discovery is not DiscoveryStatus.PENDING:
            changes.images[name] = replace(image, discovery=DiscoveryStatus.PENDING)
            changes.reasons.append(f"{name}: its source changed, and could not be read yet")
    return changes


def unseen(snapshot: Snapshot, names: Iterable[str], has_asked: Callable[[ImageReference], bool]) -> list[str]:
    """Those of these images whose platforms are neither enrolled nor seen, and that were not asked for."""
    images = (image for name in names if (image := snapshot.images.get(name)) and not image.enrollment.platforms)
    return [
        image.name for image in images if not image.ledger.observations and not has_asked(image.enrollment.reference)
    ]


def source_keys(snapshot: Snapshot, names: Iterable[str]) -> dict[str, str]:
    """By which key the Dockerfiles of each of these images are shared: files of one repository are read together."""
    images = (image for name in names if (image := snapshot.images.get(name)))
    return {
        image.name: f"{source.provider} {source.repo}" if (source := image.enrollment.source) else image.name
        for image in images
    }


def to_read(snapshot: Snapshot, known: Collection[str], concerned: Collection[str], *, config: bool) -> list[str]:
    """The images whose Dockerfiles a reaction reads.

    Args:
        snapshot: has the images.
        known: the names from before the reaction.
        concerned: the names that something was pushed to, or that somebody asks for.
        config: whether the config repository may have changed; then also what is new or was never read.
    """

    def fresh(name: str, image: ImageState) -> bool:
        return config and (name not in known or image.discovery is DiscoveryStatus.PENDING)

    return [name for name, image in snapshot.images.items() if name in concerned or fresh(name, image)]


def never_read(snapshot: Snapshot, names: Iterable[str]) -> list[str]:
    """Those of these images whose Dockerfiles were not read since they are what they are."""
    images = (image for name in names if (image := snapshot.images.get(name)))
    return [each.name for each in images if each.enrollment.source and each.discovery is DiscoveryStatus.PENDING]
