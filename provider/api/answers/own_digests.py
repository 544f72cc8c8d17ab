"""What the service knows of the digests of an image: since when it has each, and what each was built from. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from catalog.image import Image
from catalog.reference import Digest


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """A digest that an image was built from; name and reference of its image are None where that is not known."""

    digest: Digest
    name: str | None
    reference: str | None


class OwnDigests:
    """The digests of one image.

    Args:
        image: with its histories.
        read: another image by its name; None if it does not exist.
    """

    def __init__(self, image: Image, read: Callable[[str], Image | None]) -> None:
        self._image = image
        self._read = read

    def first_seen(self, digest: Digest | None) -> datetime | None:
        """When the image was last seen to get this digest; None if it never had it."""
        return self._first_seen.get(digest) if digest else None

    def built_from(self, digest: Digest | None) -> Sequence[BuiltFrom]:
        """What this digest was built from, as far as known."""
        return [self._named(each) for each in self._origins.get(digest, ())] if digest else []

    @cached_property
    def _first_seen(self) -> Mapping[Digest, datetime]:
        return {update.digest: update.first_seen for update in self._image.updates}

    @cached_property
    def _origins(self) -> Mapping[Digest, tuple[Digest, ...]]:
        return {origin.digest: origin.built_from for origin in self._image.origins}

    @cached_property
    def _near(self) -> Mapping[Digest, tuple[str, str]]:
        """Name and reference by digest, from the image alone."""
        return dict(reversed([*self._of_dependencies(), *self._of_causes()]))

    @cached_property
    def _far(self) -> Mapping[Digest, tuple[str, str]]:
        """Name and reference by digest, from the histories of its dependencies."""
        found: dict[Digest, tuple[str, str]] = {}
        for dependency in self._image.dependencies:
            other = self._read(dependency.name)
            for update in other.updates if other else ():
                found[update.digest] = dependency.name, dependency.reference
        return found

    def _named(self, digest: Digest) -> BuiltFrom:
        name, reference = self._near.get(digest) or self._far.get(digest) or (None, None)
        return BuiltFrom(digest, name, reference)

    def _of_dependencies(self) -> Iterator[tuple[Digest, tuple[str, str]]]:
        for dependency in self._image.dependencies:
            for digest in filter(None, (dependency.built_on, dependency.newest)):
                yield digest, (dependency.name, dependency.reference)

    def _of_causes(self) -> Iterator[tuple[Digest, tuple[str, str]]]:
        for rebuild in self._image.rebuilds:
            for cause in rebuild.causes:
                for digest in filter(None, (cause.digest, cause.previous_digest)):
                    yield digest, (cause.name, cause.reference)
