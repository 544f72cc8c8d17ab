"""The protocol of a registry: what the service requests from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from catalog.reference import Digest, ImageReference
from proxy.deadline import Deadline
from proxy.errors import OutsideFailure
from proxy.version_types import Kind

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
"""The media types of documents that cover several platforms."""

SCHEMA_1_TYPES = (
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
)
"""The media types of old images, signed and unsigned, which have no configuration."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The digest is the one that the caller knows already. All instances are equal."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a manifest document.

    Attributes:
        digest: of the document, verified against its bytes.
        media_type: of the document.
        size: bytes of the configuration and the layers as they are transferred; 0 for an index, because the sizes are
            in its children's manifests.
        platforms: `os[(os.version)]/architecture[/variant]` to the child's digest, in the index's order, without
            attestations; empty for a manifest of one platform.
        layers: digests of the layers, from the lowest; empty for an index.
        configuration: digest of the configuration; None for an index and for an old image of schema 1.
        platform: as far as the manifest itself says: only one of schema 1 does.
        kind: what it holds; None if it does not show that.
        annotations: `org.opencontainers.image.*` without the prefix: its own, and those of an index's first image.
        attestations: in an index, the manifests with statements about the others.
        predicates: the types of the statements in its layers.
    """

    digest: Digest
    media_type: str
    size: int
    platforms: Mapping[str, Digest] = field(default_factory=dict)
    layers: tuple[Digest, ...] = ()
    configuration: Digest | None = None
    platform: str | None = None
    kind: Kind | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    attestations: tuple[Digest, ...] = ()
    predicates: frozenset[str] = frozenset()

    @property
    def is_index(self) -> bool:
        """Whether the document covers several platforms."""
        return self.media_type in INDEX_TYPES


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the configuration of an image of one platform says.

    Attributes:
        platform: `os/architecture[/variant]`; None if it is not complete.
        os_version: the version of Windows that it needs; None for other systems.
        built_at: when the image was built, in UTC; None if it is not there, or a fixed date of a reproducible build.
        labels: `org.opencontainers.image.*` without the prefix.
    """

    platform: str | None
    os_version: str | None
    built_at: datetime | None
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Referrer:
    """An artifact about an image, such as a signature: its type, and the type of the statement in it (or empty)."""

    artifact_type: str
    predicate: str


Wanted = tuple[ImageReference, Digest | None]
CheckedDigest = tuple[ImageReference, Digest | Unchanged | OutsideFailure]


class Registry(Protocol):
    """A container registry, as much of it as this service needs. Safe to use from many threads.

    Every method raises:
        NotFound: no such repository, tag or digest.
        Unavailable: the registry cannot be reached now; `retry_at` is the earliest time of the next request.
        Refused: credentials are missing or not enough.
        Garbage: the answer does not follow the distribution specification.
        AddressRefused: the registry, or its token service, is at an address that is not listed.
    """

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """The digest that the tag points to now, or `Unchanged` if that is `known`.

        The reference's own digest is used only if it has no tag; without both, the tag is `latest`.
        """

    def manifest(self, reference: ImageReference) -> Manifest:
        """The manifest, by the reference's digest if it has one, otherwise by its tag."""

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """The labels in the image's configuration.

        In an index, the child for `platform` (`linux/amd64`) is read, or the first child if `platform` is None; an
        index without that platform is NotFound. A single-platform image is read for any `platform`.
        """

    def platform(self, reference: ImageReference, configuration: Digest) -> str | None:
        """The platform of a configuration in the reference's repository (`linux/amd64`); None if it has none."""

    def configuration(self, reference: ImageReference, configuration: Digest) -> Configuration:
        """What a configuration in the reference's repository says."""

    def referrers(self, reference: ImageReference) -> Sequence[Referrer]:
        """The artifacts that refer to the reference's digest; where the registry has no list of them, by their tag."""

    def tags(self, reference: ImageReference) -> Iterator[str]:
        """All tags of the repository, in the registry's order. Iteration fetches pages and raises errors."""

    def exists(self, reference: ImageReference) -> bool:
        """Whether the digest (or the tag, if the reference has no digest) can be pulled now."""

    def check(self, wanted: Sequence[Wanted], deadline: Deadline | None = None) -> Iterator[CheckedDigest]:
        """Request many digests from one registry at once; answers are yielded as they arrive.

        Args:
            wanted: references, each with its known digest or None.
            deadline: by which the last answer is yielded; None: each request ends by its own deadline.

        Yields:
            One answer for each entry; any failure of one is yielded as its answer and does not stop the others.
            KeptBack for an entry that was not asked: by the deadline, or because of an earlier answer.

        Raises:
            ValueError: the references belong to several registries.
        """
