"""The cached form of a Docker Hub repository's tags: only what a listing needs, compressed. Pure.

A tag in Docker Hub's answer has more than a kilobyte; 12,000 tags with six platforms each take about 4 MB here.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from catalog.reference import Digest, ImageReference
from proxy.docker_hub.tags import HubTag
from proxy.version_types import PlatformImage
from proxy.versions.listing import ListedTag
from proxy.versions.sizes import size_of_pull

_LIBRARY = "library/"


def pack(tags: Iterable[HubTag], undated: Iterable[str]) -> bytes:
    """The cached form.

    Args:
        tags: those from Docker Hub's API.
        undated: further names, from the registry's own list.
    """
    document = [[_packed(tag) for tag in tags], list(undated)]
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), level=1)


def has_dates(body: bytes) -> bool:
    """Whether a cached form has tags from Docker Hub's API, not only names."""
    return bool(json.loads(zlib.decompress(body))[0])


def unpack(body: bytes, reference: ImageReference) -> list[ListedTag]:
    """The tags in the cached form."""
    tags, undated = json.loads(zlib.decompress(body))
    rest = [ListedTag(name, url=tag_page(reference, name), described=True) for name in undated]
    return [*(_listed(packed, reference) for packed in tags), *rest]


def tag_page(reference: ImageReference, tag: str) -> str:
    """The web page of a tag at Docker Hub."""
    if reference.repository.startswith(_LIBRARY):
        return f"https://hub.docker.com/_/{quote(reference.repository.removeprefix(_LIBRARY))}"
    return f"https://hub.docker.com/r/{quote(reference.repository)}/tags?{urlencode({'name': tag})}"


def _packed(tag: HubTag) -> Sequence[object]:
    at = tag.published_at.isoformat() if tag.published_at else None
    platforms = [
        [each.os, each.architecture, each.variant, each.digest, each.size, each.os_version] for each in tag.platforms
    ]
    return tag.name, tag.digest, tag.size, at, platforms, tag.activity


def _listed(packed: Sequence[Any], reference: ImageReference) -> ListedTag:
    name, digest, size, at, images, activity = packed
    platforms = tuple(
        PlatformImage(system, kind, variant, Digest(of) if of else None, bytes_, os_version)
        for system, kind, variant, of, bytes_, os_version in images
    )
    return ListedTag(
        name,
        digest=digest,
        size=size_of_pull(platforms) if platforms else size,
        published_at=datetime.fromisoformat(at) if at else None,
        platforms=platforms,
        url=tag_page(reference, name),
        described=True,
        activity=activity,
    )
