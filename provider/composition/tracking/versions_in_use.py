"""Shows the release tracker which tags of container repositories the managed images are built from.

The tracker and the images do not know each other; this file knows both.
"""

from collections import defaultdict
from collections.abc import Mapping

from catalog.reference import DEFAULT_TAG, ImageReference, InvalidReference
from provider.store.references_in_use import SqlReferencesInUse
from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse

MOST_IMAGES = 20
"""The images that are named for one tag."""


class ImageVersionsInUse:
    """Implements `provider.tracker.ports.VersionsInUse` over the image index."""

    def __init__(self, references: SqlReferencesInUse) -> None:
        self._references = references

    def read(self) -> Mapping[str, TagsInUse]:
        """The tags in use of each container repository, by `registry/repository`."""
        return tags_in_use(self._references.by_image())


def tags_in_use(references: Mapping[str, tuple[str, ...]]) -> Mapping[str, TagsInUse]:
    """The tags of each repository, from the references of each image; what is no reference is left out."""
    found: dict[str, dict[tuple[str, bool], set[str]]] = defaultdict(lambda: defaultdict(set))
    for image, texts in references.items():
        for text in texts:
            try:
                reference = ImageReference.parse(text)
            except InvalidReference:
                # Discovery reports it where it was found.
                continue
            pinned = reference.digest is not None
            tag = reference.tag or ("" if pinned else DEFAULT_TAG)
            found[reference.image][tag, pinned].add(image)
    return {
        repository: TagsInUse(
            tuple(
                TagInUse(tag, pinned, tuple(sorted(names)[:MOST_IMAGES]), len(names))
                for (tag, pinned), names in sorted(tags.items())
            )
        )
        for repository, tags in found.items()
    }
