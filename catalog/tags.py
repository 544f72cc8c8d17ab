"""The tags of an image in Backstage, by which people filter its catalog page."""

from catalog.image import DependencyDocument, DependencyRole, Image
from catalog.names import LONGEST_NAME, hashed, slug

MOST_BASES = 16
"""An image has a tag for each of this many images that it depends on; docs/backstage.md says which ones."""

MORE_BASES = "on:+more"
"""The tag of an image that depends on more images than have a tag. No name has a '+', so no image has the same tag."""

# What the build needs comes first.
_ROLES = list(DependencyRole)
# A hash follows this. A slug has no ':', so a tag with a hash is never that of another name without one.
_BEFORE_HASH = ":"


def tags(image: Image) -> list[str]:
    """The role, the registry, the status, and a tag for each image that it depends on; valid, each once.

    Returns:
        For example `managed`, `registry:ghcr-io`, `up-to-date`, `on:node-22-bookworm-slim`. The tags of dependencies
        are in the order of their roles, then by name, and at most `MOST_BASES`; `MORE_BASES` follows if that is not
        all.
    """
    return [image.role.value, registry_tag(image.registry), image.status.value, *_base_tags(image.dependencies)]


def registry_tag(registry: str) -> str:
    """`registry:ghcr-io` for ghcr.io. Registries that only differ in '.', '-' and ':' have the same tag."""
    whole = f"registry:{slug(registry)}"
    return whole if len(whole) <= LONGEST_NAME else hashed(whole, registry, _BEFORE_HASH)


def base_tag(name: str) -> str:
    """`on:node-22` for the image node-22. Two images have the same tag only if Backstage takes them for one.

    A name that does not fit, or has other characters than a tag, is cut or changed, and gets a hash:
    `on:node-22:1a2b3c4d` for `node.22`.
    """
    # Backstage ignores the case of names.
    known = name.lower()
    whole = f"on:{slug(known)}"
    fits = len(whole) <= LONGEST_NAME and whole == f"on:{known}"
    return whole if fits else hashed(whole, known, _BEFORE_HASH)


def _base_tags(dependencies: tuple[DependencyDocument, ...]) -> list[str]:
    ordered = sorted(dependencies, key=lambda each: (_ROLES.index(each.role), each.name))
    found = list(dict.fromkeys(base_tag(each.name) for each in ordered))
    return found if len(found) <= MOST_BASES else [*found[:MOST_BASES], MORE_BASES]
