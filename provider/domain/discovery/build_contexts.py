"""Names behind `--from` that may be build contexts: no image is watched or passed under a name that no registry had.

Whoever publishes such a name later would otherwise decide what the build takes in place of the folder that is meant.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from catalog.reference import ImageReference
from provider.domain.discovery.findings import SourceFindings
from provider.domain.enrollment import Source
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot, names_by_reference
from provider.domain.state import ImageState, UnconfirmedName


def unconfirmed_names(
    source: Source, findings: SourceFindings, before: Iterable[UnconfirmedName], observed: Collection[ImageReference]
) -> tuple[UnconfirmedName, ...]:
    """The names that may be build contexts, each once.

    A name is no such name once a registry had its image at the first check, or where a person names the image too.

    Args:
        source: with the base images that a person wrote.
        findings: what the files name.
        before: these names at the last discovery.
        observed: the images, by tag, that a registry had.
    """
    absent = {name.name for name in before if name.absent}
    images = [ImageReference.parse(written) for written in source.base_images]
    images += [reference.image for _, reference in findings.references if not reference.maybe_context]
    certain = {image.tagged for image in images if not image.digest}
    found: dict[str, UnconfirmedName] = {}
    for file, reference in findings.references:
        name = reference.written
        if reference.image.tagged in certain or not reference.maybe_context or name in found:
            continue
        if name in absent or reference.image.tagged not in observed:
            found[name] = UnconfirmedName(name, reference.line, file, name in absent)
    return tuple(found.values())


def observed_images(snapshot: Snapshot) -> frozenset[ImageReference]:
    """The images, by tag, that a registry had at some check."""
    known = names_by_reference(snapshot.images.values(), snapshot.bases.values())
    return frozenset(reference for reference, name in known.items() if snapshot.ledger(name).observations)


def after_check(now: datetime, snapshot: Snapshot, absent: Collection[ImageReference]) -> Changes:
    """Confirm the names that a registry has, and drop the dependencies on those that no registry has.

    Args:
        now: by our own clock.
        snapshot: the state after the check.
        absent: the images, by tag, that their registry does not have.
    """
    changes = Changes()
    waiting = [image for image in snapshot.images.values() if any(not name.absent for name in image.unconfirmed)]
    if not waiting:
        return changes
    observed = observed_images(snapshot)
    for image in waiting:
        after = _after_check(image, observed, absent)
        if after != image:
            changes.images[image.name] = after
        for name in set(after.unconfirmed) - set(image.unconfirmed):
            changes.reasons.append(f"{image.name}: {name.question}")
    return changes.followed_by(settle(now, changes.apply(snapshot))) if changes.reasons else changes


def _after_check(
    image: ImageState, observed: Collection[ImageReference], absent: Collection[ImageReference]
) -> ImageState:
    names = [
        replace(name, absent=True) if name.reference in absent else name
        for name in image.unconfirmed
        if name.absent or name.reference not in observed
    ]
    gone = {name.reference for name in names if name.absent}
    kept = tuple(edge for edge in image.dependencies if edge.image.tagged not in gone or edge.image.digest)
    return replace(image, unconfirmed=tuple(names), dependencies=kept)
