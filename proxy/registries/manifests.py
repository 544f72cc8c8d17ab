"""Manifest documents: the accepted media types, and parsing. Pure."""

import codecs
import hashlib
import hmac
import json
from collections.abc import Mapping

from catalog.reference import Digest, InvalidReference, parse_digest
from proxy.errors import Garbage
from proxy.ports import INDEX_TYPES, Manifest
from proxy.registries.documents.contents import (
    attestations_of,
    kind_of_index,
    kind_of_manifest,
    predicates_of,
    publishers_annotations,
)

_SINGLES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
# Without all four types, distribution answers 404 for OCI documents, and for a Docker list a converted manifest with
# another digest.
ACCEPT = ", ".join(INDEX_TYPES + _SINGLES)
_UNKNOWN = "unknown"


def body_digest(body: bytes, like: Digest | None = None) -> Digest:
    """The digest of a document's bytes, by the algorithm of `like` (None: sha256)."""
    algorithm = like.partition(":")[0] if like else "sha256"
    return Digest(f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}")


def named_digest(headers: Mapping[str, str], where: object) -> Digest | None:
    """The `Docker-Content-Digest` of an answer; None if it has none.

    Raises:
        Garbage: the header is not a digest.
    """
    text = headers.get("docker-content-digest")
    if text is None:
        return None
    try:
        return parse_digest(text)
    except InvalidReference as error:
        raise Garbage(f"{where}: the registry sent an invalid digest: {error}") from error


def verified(body: bytes, expected: Digest | None, where: object) -> Digest:
    """The digest of the bytes, which must be the requested one or the one in the header.

    Raises:
        Garbage: they have another digest.
    """
    digest = body_digest(body, expected)
    if expected is not None and not hmac.compare_digest(digest, expected):
        raise Garbage(f"{where}: the registry sent a document with digest {digest} instead of {expected}")
    return digest


def parse_manifest(body: bytes, digest: Digest, content_type: str, where: object) -> Manifest:
    """Parse a manifest document.

    Args:
        body: its bytes, already verified.
        digest: their digest.
        content_type: of the answer, for documents that do not name their own type.
        where: the name of the image, for messages.

    Raises:
        Garbage: it is not a manifest of the four types.
    """
    document = json_object(body, where)
    media_type = document.get("mediaType") or content_type.partition(";")[0].strip()
    try:
        if media_type in INDEX_TYPES:
            return Manifest(
                digest,
                str(media_type),
                0,
                _platforms(document),
                kind=kind_of_index(document),
                annotations=publishers_annotations(document),
                attestations=attestations_of(document),
            )
        if media_type in _SINGLES:
            layers = _objects(document["layers"])
            config = _object(document["config"])
            size = sum(_number(part["size"]) for part in [config, *layers])
            return Manifest(
                digest,
                str(media_type),
                size,
                {},
                tuple(_digest(layer) for layer in layers),
                _digest(config),
                kind=kind_of_manifest(document),
                annotations=publishers_annotations(document),
                predicates=predicates_of(document),
            )
    except (KeyError, TypeError, InvalidReference) as error:
        raise Garbage(f"{where}: the manifest is not one of {media_type}: {error}") from error
    raise Garbage(f"{where}: the registry sent a document of type {media_type!r}, which is not an image manifest")


def config_digest(body: bytes, where: object) -> Digest:
    """The digest of the image's configuration.

    Raises:
        Garbage: the manifest has none.
    """
    try:
        return _digest(_object(json_object(body, where)["config"]))
    except (KeyError, TypeError, InvalidReference) as error:
        raise Garbage(f"{where}: the manifest names no configuration: {error}") from error


def parse_labels(body: bytes, where: object) -> dict[str, str]:
    """The labels in an image's configuration, if any.

    Raises:
        Garbage: it is not a configuration.
    """
    config = json_object(body, where).get("config") or {}
    labels = (config.get("Labels") or {}) if isinstance(config, dict) else None
    if not isinstance(labels, dict):
        raise Garbage(f"{where}: the labels in the image's configuration are not a JSON object")
    return {str(name): str(value) for name, value in labels.items()}


def parse_platform(body: bytes, where: object) -> str | None:
    """`os/architecture[/variant]` in an image's configuration; None if it is not complete.

    Raises:
        Garbage: it is not a configuration.
    """
    config = json_object(body, where)
    parts = [str(config.get(key) or "") for key in ("os", "architecture", "variant")]
    return "/".join(filter(None, parts)) if all(parts[:2]) and _UNKNOWN not in parts else None


def json_object(body: bytes, where: object) -> dict[str, object]:
    """Parse a document that must be a JSON object.

    Raises:
        Garbage: it is not one.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        if body.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
            page = "a web page, for example of a login or a proxy, instead of JSON"
            raise Garbage(f"{where}: the registry sent {page}; retried later") from error
        raise Garbage(f"{where}: the registry's answer is not JSON; retried later") from error
    if not isinstance(document, dict):
        raise Garbage(f"{where}: the registry's answer is not a JSON object; retried later")
    return document


def _platforms(document: dict[str, object]) -> dict[str, Digest]:
    platforms: dict[str, Digest] = {}
    for child in _objects(document["manifests"]):
        platform = _object(child.get("platform") or {})
        parts = [str(platform.get(key) or "") for key in ("os", "architecture", "variant")]
        # Attestations are children of platform unknown/unknown; artifacts have none at all.
        if _UNKNOWN in parts[:2] or not all(parts[:2]):
            continue
        # Windows images repeat a platform for each Windows version, which containerd writes in parentheses.
        if version := str(platform.get("os.version") or ""):
            parts[0] = f"{parts[0]}({version})"
        platforms.setdefault("/".join(filter(None, parts)), _digest(child))
    return platforms


def _objects(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return [_object(entry) for entry in value]


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a size was expected")
    return value


def _digest(descriptor: dict[str, object]) -> Digest:
    return parse_digest(str(descriptor["digest"]))
