"""The versions of an image, in one shape for every kind of registry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog.reference import Digest

Order = Literal["published", "version"]
"""Newest publication first, or highest version first if the registry has no dates."""


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """One platform's manifest in an image; `size` is the number of bytes to transfer, None if it is unknown."""

    os: str
    architecture: str
    variant: str | None
    digest: Digest
    size: int | None


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
    """

    tag: str
    digest: Digest | None
    size: int | None
    published_at: datetime | None
    platforms: tuple[PlatformImage, ...]
    reference: str
    url: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which versions are requested.

    Attributes:
        q: text that the tag contains; None: any tag.
        semver: only tags that are semantic versions (False: only others); None: both.
        page: from 1.
        size: versions on a page.
        refresh: send a request even if a fresh answer is cached.
    """

    q: str | None
    semver: bool | None
    page: int
    size: int
    refresh: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page; `total` counts all that match, `stale`: the registry has not confirmed it since `fetched_at`."""

    items: tuple[Version, ...]
    total: int
    order: Order
    stale: bool
    fetched_at: datetime
