"""What images stand on, where no build of ours tells: their own label, else what the base is now. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from catalog.image import DependencyRole
from catalog.reference import Digest
from provider.domain.books import Books, Changes
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.state import Dependency, Freshness, ImageState


def learn_built_on(now: datetime, books: Books, labels: Mapping[str, Digest]) -> Changes:
    """Fill in what is not known yet.

    Args:
        now: by our own clock.
        books: the state, after the looks.
        labels: image name to what its own label says it was built on.
    """
    changes = Changes()
    for name, image in books.images.items():
        if image.active or all(dependency.built_on or dependency.pinned for dependency in image.dependencies):
            continue
        after = tuple(_learned(now, books, image, dependency, labels) for dependency in image.dependencies)
        if after != image.dependencies:
            changes.images[name] = replace(image, dependencies=after)
            changes.reasons.append(f"{name}: {_said(after)}")
    return changes


def _learned(
    now: datetime, books: Books, image: ImageState, dependency: Dependency, labels: Mapping[str, Digest]
) -> Dependency:
    if dependency.built_on or dependency.pinned:
        return dependency
    label = labels.get(image.name) if dependency.role is DependencyRole.FINAL else None
    ledger = _ledger(books, dependency.name)
    if label:
        return replace(dependency, built_on=BuiltOn(_whole(ledger, label), now), freshness=Freshness.LABEL)
    current = ledger.current
    if current is None:
        return dependency
    return replace(dependency, built_on=BuiltOn(current.digest, now), freshness=Freshness.UNKNOWN)


def _whole(ledger: Ledger, label: Digest) -> Digest:
    """The digest of the index whose child the label names; the label itself where there is none."""
    behind = (seen.digest for seen in reversed(ledger.observations) if label in seen.platforms.values())
    return next(behind, label)


def _ledger(books: Books, name: str) -> Ledger:
    if image := books.images.get(name):
        return image.ledger
    base = books.bases.get(name)
    return base.ledger if base else Ledger()


def _said(dependencies: tuple[Dependency, ...]) -> str:
    known = [
        f"{dependency.image.familiar} ({dependency.freshness.value})"
        for dependency in dependencies
        if dependency.built_on
    ]
    return f"taken to stand on the present {', '.join(known)}"
