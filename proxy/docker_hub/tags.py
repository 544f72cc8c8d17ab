"""A page of a repository's tags from Docker Hub's API. Pure.

Source: Docker's description of its API ("List repository tags"). Real answers differ from it: `images` is a list, and
every property except the name can be null or missing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args
from urllib.parse import urljoin, urlsplit

from catalog.reference import Digest, InvalidReference, parse_digest
from proxy.errors import Garbage
from proxy.http.redirects import same_server
from proxy.version_types import Activity, PlatformImage

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_NEXT = 2048
# Docker Hub shows an attestation as an image of an unknown system.
_UNKNOWN = "unknown"
_ACTIVITIES: Mapping[str, Activity] = {each: each for each in get_args(Activity)}


@dataclass(frozen=True, slots=True)
class HubTag:
    """One tag.

    Attributes:
        name: a valid tag.
        digest: of its index or manifest; None for old tags, of which Docker Hub stores none.
        size: bytes as they are transferred.
        published_at: when the tag was last pushed, in UTC.
        platforms: in Docker Hub's order, without attestations; old tags show no digests.
        activity: whether it was pushed or pulled in the past month; None if Docker Hub does not say it.
    """

    name: str
    digest: Digest | None
    size: int | None
    published_at: datetime | None
    platforms: tuple[PlatformImage, ...]
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class TagsPage:
    """One page; `count` is of all pages, `next` the path and query of the next page (None on the last)."""

    count: int
    next: str | None
    tags: tuple[HubTag, ...]


def parse_tags_page(body: bytes, url: str | None = None) -> TagsPage:
    """Parse one page.

    Args:
        body: of the answer.
        url: the address of the page; if it is given, a next page on another host is refused.

    Raises:
        Garbage: it is not a page of tags.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        # `from None`: the decoder's error contains the document.
        raise _garbage("is not JSON") from None
    if not isinstance(document, dict):
        raise _garbage("is not an object")
    count, results = _natural(document.get("count")), document.get("results")
    if count is None or not isinstance(results, list):
        raise _garbage("has no count or no results")
    return TagsPage(count, _next(document.get("next"), url), tuple(map(_tag, results)))


def _tag(entry: object) -> HubTag:
    if not isinstance(entry, dict):
        raise _garbage("has a tag that is not an object")
    name = entry.get("name")
    if not isinstance(name, str) or not _TAG.fullmatch(name):
        raise _garbage("has a tag without a valid name")
    images = entry.get("images")
    platforms = map(_platform, images) if isinstance(images, list) else ()
    return HubTag(
        name=name,
        digest=_digest(entry.get("digest")),
        size=_natural(entry.get("full_size")),
        published_at=_time(entry.get("tag_last_pushed")) or _time(entry.get("last_updated")),
        platforms=tuple(platform for platform in platforms if platform),
        activity=_ACTIVITIES.get(str(entry.get("tag_status"))),
    )


def _platform(image: object) -> PlatformImage | None:
    if not isinstance(image, Mapping):
        return None
    system, architecture = _word(image.get("os")), _word(image.get("architecture"))
    if not (system and architecture) or _UNKNOWN in (system, architecture):
        return None
    variant, os_version = _word(image.get("variant")), _word(image.get("os_version"))
    digest = _digest(image.get("digest"))
    return PlatformImage(system, architecture, variant, digest, _natural(image.get("size")), os_version)


def _next(value: object, url: str | None) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _is_address(value):
        raise _garbage("has a next page whose address is invalid")
    try:
        target = urljoin(url or "", value)
        parts = urlsplit(target)
        on_other_host = url is not None and not same_server(url, target)
    except ValueError:
        raise _garbage("has a next page whose address is invalid") from None
    if on_other_host:
        raise _garbage("has its next page on another host, which is not allowed")
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        raise _garbage("has a next page without a path")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_address(text: str) -> bool:
    return len(text) <= _LONGEST_NEXT and text.isascii() and text.isprintable() and " " not in text


def _digest(value: object) -> Digest | None:
    try:
        return parse_digest(value) if isinstance(value, str) else None
    except InvalidReference:
        return None


def _natural(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    # The year 1 is how the service's language writes "never".
    return time if time.year > 1 else None


def _garbage(what: str) -> Garbage:
    return Garbage(f"Docker Hub's list of tags {what}; retried later")
