"""The repositories of the digest checks, computed from their numbers, the same for registry and contestants. Pure."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache

from catalog.reference import Digest

TAG = "1.0"
MOVED_EACH = 100
"""One of this number of repositories has changed since its last check."""
_TEAM_SIZE = 50


def repositories(count: int) -> Iterator[str]:
    """The paths of this number of repositories."""
    return (f"team-{number // _TEAM_SIZE:03}/app-{number:05}" for number in range(count))


def known_digest(number: int, repository: str) -> Digest:
    """The digest that was known before the check."""
    return digest_of(f"{repository} before".encode()) if number % MOVED_EACH == 0 else current_digest(repository)


def current_digest(repository: str) -> Digest:
    """The digest that the tag of the repository points to."""
    return digest_of(manifest(repository))


@lru_cache(maxsize=20_000)
def manifest(repository: str) -> bytes:
    """The manifest of the tag: one platform and one layer."""
    document = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _descriptor("config", repository, 1500),
        "layers": [_descriptor("layer", repository, 30_000_000)],
    }
    return json.dumps(document).encode()


def digest_of(content: bytes) -> Digest:
    """The digest of bytes."""
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def _descriptor(kind: str, repository: str, size: int) -> dict[str, object]:
    media_type = "image.layer.v1.tar+gzip" if kind == "layer" else "image.config.v1+json"
    return {
        "mediaType": f"application/vnd.oci.{media_type}",
        "digest": digest_of(f"{kind} of {repository}".encode()),
        "size": size,
    }
