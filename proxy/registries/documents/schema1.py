"""Old images of schema 1, which registries still keep: their digest, layers, platform and labels. Pure.

Source: distribution 2.8, `docs/spec/manifest-v2-1.md`. Such a manifest has no configuration and no sizes; for each
layer it has a JSON text with what the image was at that layer. Most are signed, and their digest is that of the signed
bytes: the document without its signatures.
"""

import base64
import json
from collections.abc import Mapping

from catalog.reference import Digest, parse_digest

_USUAL_SYSTEM = "linux"


def signed_bytes(body: bytes) -> bytes | None:
    """The bytes that the signatures of a document are for; None if it is no signed document of schema 1.

    Only these bytes have the digest of the image: nothing else of the body may be read.
    """
    if b'"signatures"' not in body:
        return None
    try:
        protected = json.loads(_decoded(json.loads(body)["signatures"][0]["protected"]))
        length, tail = int(protected["formatLength"]), _decoded(protected["formatTail"])
        signed = body[: max(length, 0)] + tail
        return signed if json.loads(signed)["schemaVersion"] == 1 else None
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def layers(document: Mapping[str, object]) -> tuple[Digest, ...]:
    """The layers, from the lowest; the document has the highest first.

    Raises:
        KeyError, TypeError, InvalidReference: it is not such a document.
    """
    found = document["fsLayers"] or []
    if not isinstance(found, list):
        raise TypeError("a list was expected")
    return tuple(parse_digest(str(layer["blobSum"])) for layer in reversed(found))


def platform(document: Mapping[str, object]) -> str | None:
    """`os/architecture`, as far as the document says; None if it has no architecture."""
    architecture = document.get("architecture")
    if not isinstance(architecture, str) or not architecture:
        return None
    system = _newest(document).get("os")
    return f"{system if isinstance(system, str) and system else _USUAL_SYSTEM}/{architecture}"


def labels(document: Mapping[str, object]) -> dict[str, str]:
    """The labels of the image, if any."""
    config = _newest(document).get("config")
    found = config.get("Labels") if isinstance(config, dict) else None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _newest(document: Mapping[str, object]) -> Mapping[str, object]:
    """What the image is at its highest layer."""
    history = document.get("history")
    first = history[0] if isinstance(history, list) and history else None
    text = first.get("v1Compatibility") if isinstance(first, dict) else None
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
