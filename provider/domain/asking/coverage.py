"""Which images an emergency rebuild covers, parents first, and which of them cannot be built. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from catalog.graph import depths
from catalog.image import DependencyDocument, DependencyRole, Image, Role
from catalog.reference import ImageReference, InvalidReference


@dataclass(frozen=True, slots=True)
class Covered:
    """An image that an emergency rebuild covers.

    Attributes:
        name: of the image.
        parents: the images of the same emergency that are rebuilt before it.
        why_not: why it cannot be built, a sentence; None: it can.
        overrides: what the emergency ignores, such as a hold; None: nothing.
    """

    name: str
    parents: tuple[str, ...]
    why_not: str | None = None
    overrides: str | None = None


def covered(target: Image, images: Iterable[Image], built_from: Collection[str] | None = None) -> list[Covered]:
    """The images that an emergency rebuild of an image or of everything that is built from a base image covers.

    Managed parents that are behind are rebuilt too, because their children would be built from what they are now.

    Args:
        target: a managed image, or a base image.
        images: every managed image.
        built_from: of the images that are built from a base image, only those with these names; None: all.

    Returns:
        Parents before their children, then by name; empty for a base image that nothing is built from.
    """
    managed = {image.name: image for image in images if image.role is Role.MANAGED}
    if target.role is Role.MANAGED:
        wanted = {target.name}
    else:
        wanted = {name for name in _built_from(target.name, managed) if built_from is None or name in built_from}
    behind: dict[str, bool] = {}
    for name in sorted(wanted):
        wanted |= _parents_behind(name, managed, behind)
    parents = {name: tuple(sorted(wanted & _parents(managed[name], managed))) for name in wanted}
    depth = depths(parents)
    return [
        _covered(managed[name], parents[name], target) for name in sorted(wanted, key=lambda each: (depth[each], each))
    ]


def _covered(image: Image, parents: tuple[str, ...], target: Image) -> Covered:
    why_not = image.no_build
    if why_not is None and not parents and image.name != target.name and _pins(image, target.name):
        why_not = f"its Dockerfile pins {target.reference.familiar} by digest; change the digest there"
    return Covered(image.name, parents, why_not, None if why_not else image.by_hand)


def _pins(image: Image, name: str) -> bool:
    found = [each for each in image.dependencies if each.name == name and is_needed(each)]
    return bool(found) and all(map(is_pinned, found))


def _built_from(name: str, managed: Mapping[str, Image]) -> set[str]:
    """Everything that is built from an image, over any number of parents."""
    found: set[str] = set()
    fresh = {name}
    while fresh:
        fresh = {image.name for image in managed.values() if fresh & _used(image)} - found
        found |= fresh
    return found


def _parents_behind(name: str, managed: Mapping[str, Image], behind: dict[str, bool]) -> set[str]:
    """The managed images below that have to be rebuilt first."""
    found: set[str] = set()
    for parent in _parents(managed[name], managed):
        if _is_behind(parent, managed, behind):
            found |= {parent} | _parents_behind(parent, managed, behind)
    return found


def _is_behind(name: str, managed: Mapping[str, Image], behind: dict[str, bool]) -> bool:
    """Whether a newer digest is known for anything that the image is built from, over its parents."""
    if name not in behind:
        # In a cycle of Dockerfiles, the image itself decides nothing.
        behind[name] = False
        image = managed[name]
        followed = [each for each in image.dependencies if is_needed(each) and not is_pinned(each)]
        newer = any(each.built_on != each.newest for each in followed)
        below = [_is_behind(parent, managed, behind) for parent in sorted(_parents(image, managed))]
        behind[name] = newer or any(below)
    return behind[name]


def _parents(image: Image, managed: Mapping[str, Image]) -> set[str]:
    return {name for name in _used(image) if name in managed and name != image.name}


def _used(image: Image) -> set[str]:
    return {each.name for each in image.dependencies if is_needed(each)}


def is_needed(dependency: DependencyDocument) -> bool:
    """Whether the build uses the dependency for the image."""
    return dependency.role in (DependencyRole.FINAL, DependencyRole.STAGE)


def is_pinned(dependency: DependencyDocument) -> bool:
    """Whether the Dockerfile names the digest."""
    try:
        return ImageReference.parse(dependency.reference).digest is not None
    except InvalidReference:
        return False
