"""The cached form of what a registry says of a digest: only what versions need. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime

from catalog.reference import Digest
from proxy.ports import Configuration, Manifest, Referrer


def pack_manifest(manifest: Manifest) -> bytes:
    """A manifest without its layers."""
    return _packed(
        [
            manifest.media_type,
            manifest.size,
            dict(manifest.platforms),
            manifest.configuration,
            manifest.kind,
            dict(manifest.annotations),
            manifest.attestations,
            sorted(manifest.predicates),
            manifest.platform,
        ]
    )


def unpack_manifest(body: bytes, digest: Digest) -> Manifest:
    """The manifest with this digest."""
    media_type, size, platforms, configuration, kind, annotations, attestations, predicates, name = json.loads(body)
    return Manifest(
        digest,
        media_type,
        size,
        platforms,
        configuration=configuration,
        kind=kind,
        annotations=annotations,
        attestations=tuple(attestations),
        predicates=frozenset(predicates),
        platform=name,
    )


def pack_configuration(configuration: Configuration) -> bytes:
    """A configuration."""
    at = configuration.built_at.isoformat() if configuration.built_at else None
    return _packed([configuration.platform, configuration.os_version, at, dict(configuration.labels)])


def unpack_configuration(body: bytes) -> Configuration:
    """The configuration."""
    platform, os_version, at, labels = json.loads(body)
    return Configuration(platform, os_version, datetime.fromisoformat(at) if at else None, labels)


def pack_referrers(referrers: Sequence[Referrer]) -> bytes:
    """The artifacts that refer to a digest."""
    return _packed([[each.artifact_type, each.predicate] for each in referrers])


def unpack_referrers(body: bytes) -> list[Referrer]:
    """The artifacts."""
    return [Referrer(artifact_type, predicate) for artifact_type, predicate in json.loads(body)]


def _packed(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
