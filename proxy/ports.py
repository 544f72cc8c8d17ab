"""The protocols of this room: what the service asks of a registry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from catalog.reference import Digest, ImageReference
from proxy.errors import OutsideFailure

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
"""The media types of documents that cover several platforms."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The digest is the one that the asker knows already. All instances are equal."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest document says.

    Attributes:
        digest: of the document, verified against its bytes.
        media_type: of the document.
        size: bytes of the configuration and the layers as they are transferred; 0 for an index, whose children's
            manifests name theirs.
        platforms: `os/architecture[/variant]` to the child's digest, in the index's order, without attestations; empty
            for a manifest of one platform.
        layers: digests of the layers, the lowest first; empty for an index.
        configuration: digest of the configuration; None for an index.
    """

    digest: Digest
    media_type: str
    size: int
    platforms: Mapping[str, Digest] = field(default_factory=dict)
    layers: tuple[Digest, ...] = ()
    configuration: Digest | None = None

    @property
    def is_index(self) -> bool:
        """Whether the document covers several platforms."""
        return self.media_type in INDEX_TYPES


Wanted = tuple[ImageReference, Digest | None]
Looked = tuple[ImageReference, Digest | Unchanged | OutsideFailure]


class Registry(Protocol):
    """A container registry, as much of it as this service needs. Safe to use from many threads.

    Every method raises:
        NotFound: no such repository, tag or digest.
        Unavailable: the registry cannot be asked now; `retry_at` says when.
        Refused: credentials are missing or not enough.
        Garbage: the answer is not what the distribution specification promises.
        AddressRefused: the registry, or its token service, is at an address that is not listed.
    """

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """The digest that the tag points to now, or `Unchanged` where that is `known`.

        The reference's own digest counts only where it has no tag; without both, the tag is `latest`.
        """

    def manifest(self, reference: ImageReference) -> Manifest:
        """The manifest, by the reference's digest where it has one, else by tag."""

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """The labels in the image's configuration.

        Of an index, the child for `platform` (`linux/amd64`) is read, the first one where None is given; an index
        without that platform is NotFound. A single-platform image is read for any `platform`.
        """

    def platform(self, reference: ImageReference, configuration: Digest) -> str | None:
        """What a configuration in the reference's repository is for (`linux/amd64`); None where it does not say."""

    def tags(self, reference: ImageReference) -> Iterator[str]:
        """All tags of the repository, in the registry's order. Pages are fetched, and errors raised, on the way."""

    def exists(self, reference: ImageReference) -> bool:
        """Whether the digest (where the reference has none: the tag) can be pulled now."""

    def check(self, wanted: Sequence[Wanted]) -> Iterator[Looked]:
        """Ask for many digests of one registry at once; answers come in the order in which they arrive.

        Args:
            wanted: references, each with the digest that is known of it or None.

        Yields:
            One answer for each entry; a failure is an answer and never stops the others.

        Raises:
            ValueError: the references belong to several registries.
        """
