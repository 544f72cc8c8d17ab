"""The versions of an image, in one shape for every kind of registry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog.reference import Digest

Order = Literal["published", "version"]
"""Newest publication first, or highest version first if the registry has no dates."""


Kind = Literal["image", "chart", "artifact", "cache"]
"""What a tag holds: an image, a Helm chart, any other artifact, or the cache of a build."""


Activity = Literal["active", "inactive", "stale"]
"""What Docker Hub says of a tag: it was pushed or pulled in the past month (active), or was not (inactive, stale)."""


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """One platform's manifest in an image.

    Attributes:
        digest: of its manifest; None if the registry does not show it.
        size: bytes to transfer; None if it is unknown.
        os_version: the version of Windows that it needs; None for other systems, and if it is unknown.
    """

    os: str
    architecture: str
    variant: str | None
    digest: Digest | None
    size: int | None
    os_version: str | None = None


@dataclass(frozen=True, slots=True)
class Vulnerabilities:
    """The number of vulnerabilities that the registry's scanner found, by severity.

    Attributes:
        unrated: those that have no severity yet, or a negligible one.
        applicable: False: nothing that a scanner reads, such as a Helm chart; all numbers are 0.
    """

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    unrated: int = 0
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """One tag of an image.

    Attributes:
        tag: its name.
        digest: of the image that the tag points to; None if it is unknown.
        size: bytes to transfer; None if it is unknown.
        published_at: when the tag was last pushed, in UTC; None if it is unknown.
        platforms: without attestations.
        reference: `registry/repository:tag@digest`, to copy.
        url: the registry's web page for the tag.
        aliases: other tags of the same digest.
        built_at: when the publisher built it, by its own statement, in UTC; None if it is unknown.
        kind: what the tag holds; None if it is unknown.
        signed, sbom, provenance: whether the registry holds a signature, an SBOM, or a provenance of it; None if it is
            unknown.
        revision, source, version: the labels `org.opencontainers.image.*` of the publisher; None if it has none, or if
            they are unknown.
        problem: a sentence why details could not be read; None if nothing failed.
        vulnerabilities: None if the registry shows none.
        expires_at: when the registry removes the tag, in UTC; None if never, or if it is unknown.
        activity: None if the registry does not say it.
        pending: more details are being read, and are there at the next request.
    """

    tag: str
    digest: Digest | None
    size: int | None
    published_at: datetime | None
    platforms: tuple[PlatformImage, ...]
    reference: str
    url: str | None
    aliases: tuple[str, ...]
    built_at: datetime | None = None
    kind: Kind | None = None
    signed: bool | None = None
    sbom: bool | None = None
    provenance: bool | None = None
    revision: str | None = None
    source: str | None = None
    version: str | None = None
    problem: str | None = None
    vulnerabilities: Vulnerabilities | None = None
    expires_at: datetime | None = None
    activity: Activity | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which versions are requested.

    Attributes:
        q: text that the tag contains; None: any tag.
        semver: only tags that are semantic versions (False: only others); None: both.
        page: from 1.
        size: versions on a page.
        refresh: send a request even if a fresh answer is cached.
        kind: only versions that are known to be of this kind; None: any.
    """

    q: str | None
    semver: bool | None
    page: int
    size: int
    refresh: bool
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page.

    Attributes:
        total: counts all that match.
        stale: the registry has not confirmed it since `fetched_at`.
        complete: whether nothing of it is being read.
        unread: tags that only the filter by kind leaves out, because their kind is not known.
        problem: a sentence why the registry's list broke off, so that further versions are missing; None if it did not.
        reading: a newer list is being read, which takes longer than a page waits; this is the last known one.
    """

    items: tuple[Version, ...]
    total: int
    order: Order
    stale: bool
    fetched_at: datetime
    complete: bool = True
    unread: int = 0
    problem: str | None = None
    reading: bool = False
