"""Manifest documents: the accepted media types, and parsing. Pure."""

import codecs
import hashlib
import hmac
import json
from collections.abc import Mapping

from catalog.reference import Digest, InvalidReference, parse_digest
from proxy.errors import Garbage
from proxy.ports import INDEX_TYPES, SCHEMA_1_TYPES, Manifest
from proxy.registries.documents import schema1
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
# another digest. Without those of schema 1, zuul-registry answers 404 for an old image; the others come first.
ACCEPT = ", ".join((*INDEX_TYPES, *_SINGLES, *SCHEMA_1_TYPES))
_UNKNOWN = "unknown"
# The widest official images have some thirty. Each digest of a tag is kept with all of them.
MOST_PLATFORMS = 1000
"""The most platforms of an index."""

MOST_PARTS = 200_000
"""The most objects and lists of a document: one of four megabytes could have millions, a hundred times its size."""

_LONGEST_PLATFORM = 128


def body_digest(body: bytes, like: Digest | None = None) -> Digest:
    """The digest of a document's bytes, by the algorithm of `like` (None: sha256)."""
    algorithm = like.partition(":")[0] if like else "sha256"
    return Digest(f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}")


def named_digest(headers: Mapping[str, str]) -> Digest | None:
    """The `Docker-Content-Digest` of an answer; None if it has none, or if that is not a digest.

    Proxies sometimes send a header twice.
    """
    found = {text.strip() for text in headers.get("docker-content-digest", "").split(",")}
    try:
        return parse_digest(found.pop()) if len(found) == 1 else None
    except InvalidReference:
        return None


def verified(body: bytes, expected: Digest | None, where: object) -> Digest:
    """The digest of the bytes, which must be the requested one or the one in the header.

    Raises:
        Garbage: they have another digest.
    """
    digest = body_digest(body, expected)
    if expected is not None and not hmac.compare_digest(digest, expected):
        raise Garbage(f"{where}: the registry sent a document with digest {digest} instead of {expected}")
    return digest


def verified_document(body: bytes, expected: Digest | None, where: object) -> tuple[bytes, Digest]:
    """The bytes of a manifest and their digest; of a signed image of schema 1, only the bytes that are signed.

    Raises:
        Garbage: they have another digest than expected, or are no manifest of any kind, such as a login page.
    """
    _has_few_parts(body, where)
    signed = schema1.signed_bytes(body)
    if signed is not None and expected in (None, body_digest(signed, expected)):
        body = signed
    digest = verified(body, expected, where)
    document = json_object(body, where)
    if not isinstance(document.get("schemaVersion"), int) and not isinstance(document.get("mediaType"), str):
        raise Garbage(f"{where}: the registry sent a document that is not a manifest; retried later")
    return body, digest


def parse_manifest(body: bytes, digest: Digest, content_type: str, where: object) -> Manifest:
    """Parse a manifest document.

    Args:
        body: its bytes, already verified.
        digest: their digest.
        content_type: of the answer, for documents that do not name their own type.
        where: the name of the image, for messages.

    Raises:
        Garbage: it is not a manifest of the four types, nor one of schema 1, or an index of too many platforms.
    """
    document = json_object(body, where)
    types, named = _types(document, content_type)
    media_type = named if named in types else next(iter(types), named)
    try:
        if types == INDEX_TYPES:
            return Manifest(
                digest,
                media_type,
                0,
                _platforms(document, where),
                kind=kind_of_index(document),
                annotations=publishers_annotations(document),
                attestations=attestations_of(document),
            )
        if types == _SINGLES:
            layers = _objects(document["layers"])
            config = _object(document["config"])
            size = sum(_number(part["size"]) for part in [config, *layers])
            return Manifest(
                digest,
                media_type,
                size,
                {},
                tuple(_digest(layer) for layer in layers),
                _digest(config),
                kind=kind_of_manifest(document),
                annotations=publishers_annotations(document),
                predicates=predicates_of(document),
            )
        if types == SCHEMA_1_TYPES:
            found = schema1.layers(document)
            return Manifest(digest, media_type, 0, {}, found, platform=schema1.platform(document), kind="image")
    except (KeyError, TypeError, InvalidReference) as error:
        raise Garbage(f"{where}: the manifest is not one of {media_type}: {error}") from error
    raise Garbage(f"{where}: the registry sent a document of type {media_type!r}, which is not an image manifest")


def _types(document: Mapping[str, object], content_type: str) -> tuple[tuple[str, ...], str]:
    """The media types of this kind of document, and the type that it or the header names.

    The content decides, since the type is optional in documents, and some registries send `application/json` for all
    (containers/image: GuessMIMEType). A document with children and layers is of no kind: two readers could take it for
    two images (CVE-2021-41190).
    """
    own = document.get("mediaType")
    named = (own if isinstance(own, str) and own else content_type).partition(";")[0].strip().lower()
    children, layers = (isinstance(document.get(key), list) for key in ("manifests", "layers"))
    if children or layers:
        return (() if children and layers else INDEX_TYPES if children else _SINGLES), named
    if document.get("schemaVersion") == 1 or named in SCHEMA_1_TYPES:
        return SCHEMA_1_TYPES, named
    for types, key in ((INDEX_TYPES, "manifests"), (_SINGLES, "layers")):
        if named in types:
            return types, named
        if key in document and not own:
            return types, named
    return (), named


def config_digest(body: bytes, where: object) -> Digest:
    """The digest of the image's configuration.

    Raises:
        Garbage: the manifest has none.
    """
    try:
        return _digest(_object(json_object(body, where)["config"]))
    except (KeyError, TypeError, InvalidReference) as error:
        raise Garbage(f"{where}: the manifest names no configuration: {error}") from error


def own_labels(body: bytes, where: object) -> dict[str, str]:
    """The labels in a manifest of schema 1, which has no configuration.

    Raises:
        Garbage: it is not a document.
    """
    return schema1.labels(json_object(body, where))


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
        Garbage: it is not one, or has too many parts.
    """
    _has_few_parts(body, where)
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


def _has_few_parts(body: bytes, where: object) -> None:
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        raise Garbage(f"{where}: the registry's answer has more than {MOST_PARTS} objects and lists; retried later")


def _platforms(document: dict[str, object], where: object) -> dict[str, Digest]:
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
        name = "/".join(filter(None, parts))
        # Nobody builds for a platform with such a name, and state keeps the names.
        if len(name) <= _LONGEST_PLATFORM:
            platforms.setdefault(name, _digest(child))
    if len(platforms) > MOST_PLATFORMS:
        raise Garbage(f"{where}: the index names {len(platforms)} platforms; at most {MOST_PLATFORMS} are read")
    return platforms


def _objects(value: object) -> list[dict[str, object]]:
    """The entries of a list; Go writes an empty one as null."""
    if value is None:
        return []
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
