"""The cached form of listed tags: compressed JSON, without the fields that have their defaults. Pure."""

import dataclasses
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from proxy.version_types import PlatformImage, Vulnerabilities
from proxy.versions.listing import ListedTag

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(ListedTag)}
_TIMES = ("published_at", "built_at", "expires_at")


def pack(tags: Iterable[ListedTag]) -> bytes:
    """The cached form."""
    documents = [
        {name: value for name, default in _DEFAULTS.items() if (value := getattr(tag, name)) != default} for tag in tags
    ]
    return zlib.compress(json.dumps(documents, separators=(",", ":"), default=_plain).encode(), level=1)


def unpack(body: bytes) -> list[ListedTag]:
    """The tags in the cached form."""
    return [_tag(document) for document in json.loads(zlib.decompress(body))]


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
