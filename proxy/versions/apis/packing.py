"""The cached form of listed tags: compressed JSON, without the fields that have their defaults. Pure."""

import dataclasses
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from catalog.reference import Digest
from proxy.version_types import PlatformImage, Vulnerabilities
from proxy.versions.listing import ListedTag

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(ListedTag)}
_SIZES = "sizes"
_TIMES = ("published_at", "built_at", "expires_at")


def pack(tags: Iterable[ListedTag], sizes: Mapping[Digest, int] = MappingProxyType({})) -> bytes:
    """The cached form; `sizes` are those of manifests without tags."""
    documents: list[Mapping[str, object]] = [
        {name: value for name, default in _DEFAULTS.items() if (value := getattr(tag, name)) != default} for tag in tags
    ]
    if sizes:
        documents.append({_SIZES: sizes})
    return zlib.compress(json.dumps(documents, separators=(",", ":"), default=_plain).encode(), level=1)


def unpack(body: bytes) -> list[ListedTag]:
    """The tags in the cached form."""
    return unpack_with_sizes(body)[0]


def unpack_with_sizes(body: bytes) -> tuple[list[ListedTag], Mapping[Digest, int]]:
    """The tags in the cached form, and the sizes."""
    documents = json.loads(zlib.decompress(body))
    sizes = documents.pop()[_SIZES] if documents and _SIZES in documents[-1] else {}
    return [_tag(document) for document in documents], sizes


def _plain(value: Any) -> object:
    return value.isoformat() if isinstance(value, datetime) else dataclasses.asdict(value)


def _tag(document: Mapping[str, Any]) -> ListedTag:
    changed: dict[str, Any] = dict(document)
    for name in _TIMES:
        if name in changed:
            changed[name] = datetime.fromisoformat(changed[name])
    if "platforms" in changed:
        changed["platforms"] = tuple(PlatformImage(**platform) for platform in changed["platforms"])
    if "vulnerabilities" in changed:
        changed["vulnerabilities"] = Vulnerabilities(**changed["vulnerabilities"])
    return ListedTag(**changed)
