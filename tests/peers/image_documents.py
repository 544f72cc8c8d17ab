"""The documents of tiny images, byte for byte the same for the same arguments. Pure.

Source: the OCI image specification, and Docker's "Image Manifest Version 2, Schema 2".
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_PREDICATE, _SLSA = "in-toto.io/predicate-type", "https://slsa.dev/provenance/v0.2"
CREATED = "2024-01-02T03:04:05Z"


def digest_of(content: bytes) -> str:
    """`sha256:` and the hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Blob:
    """Content and its digest."""

    content: bytes = field(repr=False)
    digest: str

    @classmethod
    def of(cls, document: object) -> "Blob":
        """A JSON document as a blob; keys are sorted, so that its digest is stable."""
        return cls.raw(json.dumps(document, separators=(",", ":"), sort_keys=True).encode())

    @classmethod
    def raw(cls, content: bytes) -> "Blob":
        """These bytes as a blob."""
        return cls(content, digest_of(content))

    def descriptor(self, media_type: str, **more: object) -> dict[str, object]:
        """The descriptor of the blob in other documents."""
        return {"mediaType": media_type, "digest": self.digest, "size": len(self.content), **more}


@dataclass(frozen=True, slots=True)
class Layer:
    """A compressed layer, and the digest of its uncompressed archive (its diff id)."""

    blob: Blob
    diff_id: str

    @property
    def digest(self) -> str:
        """The digest as manifests name it."""
        return self.blob.digest


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """The media types of one family."""

    index: str
    manifest: str
    config: str
    layer: str


OCI = MediaTypes(
    OCI_INDEX,
    OCI_MANIFEST,
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.oci.image.layer.v1.tar+gzip",
)
DOCKER = MediaTypes(
    DOCKER_LIST,
    DOCKER_MANIFEST,
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest or index, the blobs it needs, and its own type."""

    blob: Blob
    media_type: str
    needs: tuple[Blob, ...] = ()

    @property
    def digest(self) -> str:
        """The digest by which it is pulled."""
        return self.blob.digest

    def descriptor(self, **more: object) -> dict[str, object]:
        """How an index refers to it."""
        return self.blob.descriptor(self.media_type, **more)


def layer_of(files: Mapping[str, str]) -> Layer:
    """A layer with these text files."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, text in sorted(files.items()):
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return Layer(Blob.raw(gzip.compress(archive.getvalue(), mtime=0)), digest_of(archive.getvalue()))


def platform_document(platform: str) -> dict[str, str]:
    """`linux/arm/v7` as indexes and configurations write it."""
    return dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))


def manifest_of(platform: str, layers: Sequence[Layer], labels: Mapping[str, str], types: MediaTypes) -> Document:
    """One platform's image."""
    config = Blob.of(
        {
            **platform_document(platform),
            "created": CREATED,
            "config": {"Labels": dict(labels), "Cmd": ["/app"]},
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
            "history": [{"created": CREATED, "created_by": "COPY app /app"} for _ in layers],
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": types.manifest,
        "config": config.descriptor(types.config),
        "layers": [layer.blob.descriptor(types.layer) for layer in layers],
    }
    return Document(Blob.of(manifest), types.manifest, (config, *(layer.blob for layer in layers)))


def attestation_of(subject: Document) -> Document:
    """The attestation that `docker buildx build --provenance` adds to an index."""
    hexadecimal = subject.digest.removeprefix("sha256:")
    statement = Blob.of(
        {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": _SLSA,
            "subject": [{"name": "_", "digest": {"sha256": hexadecimal}}],
            "predicate": {},
        }
    )
    config = Blob.of(
        {
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [statement.digest]},
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI.manifest,
        "config": config.descriptor(OCI.config),
        "layers": [statement.descriptor("application/vnd.in-toto+json", annotations={_PREDICATE: _SLSA})],
    }
    return Document(Blob.of(manifest), OCI.manifest, (config, statement))


def signature() -> Document:
    """The manifest that cosign stores under the tag `sha256-<hex>.sig`, as clients that list tags see it."""
    config, payload = Blob.raw(b"{}"), Blob.raw(b'{"critical":{}}')
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI.manifest,
        "config": config.descriptor(OCI.config),
        "layers": [payload.descriptor("application/vnd.dev.cosign.simplesigning.v1+json")],
    }
    return Document(Blob.of(manifest), OCI.manifest, (config, payload))


def index_of(children: Iterable[Mapping[str, object]], types: MediaTypes, note: str | None = None) -> Document:
    """An index over descriptors; `note` is an annotation that changes its digest and nothing else."""
    index: dict[str, object] = {"schemaVersion": 2, "mediaType": types.index, "manifests": list(children)}
    if note is not None:
        index["annotations"] = {"org.opencontainers.image.description": note}
    return Document(Blob.of(index), types.index)
