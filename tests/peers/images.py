"""Push tiny images to a registry: the same arguments give the same digests, other content gives other digests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.peers.exchange import Login
from tests.peers.image_documents import (
    DOCKER,
    OCI,
    Document,
    Layer,
    attestation_of,
    index_of,
    layer_of,
    manifest_of,
    platform_document,
    signature,
)
from tests.peers.registry_client import RegistryClient


@dataclass(frozen=True, slots=True)
class PushedImage:
    """A pushed image.

    Attributes:
        digest: what the tags point to: the index's digest, or the only manifest's.
        media_type: of the document with that digest.
        platforms: each platform's manifest digest.
        layers: each platform's layers, bottom first.
        children: the descriptors of the index, attestations included; empty without an index.
    """

    digest: str
    media_type: str
    platforms: Mapping[str, str]
    layers: Mapping[str, tuple[Layer, ...]] = field(repr=False)
    children: tuple[Mapping[str, object], ...] = field(default=(), repr=False)


def push(
    registry_url: str,
    repository: str,
    tags: Sequence[str],
    *,
    platforms: Sequence[str] = ("linux/amd64",),
    content: str = "",
    labels: Mapping[str, str] | None = None,
    base: PushedImage | None = None,
    attest: bool = False,
    sign: bool = False,
    docker_media_types: bool = False,
    index: bool | None = None,
    credentials: Login | None = None,
    ca_file: Path | None = None,
) -> PushedImage:
    """Push an image and point the tags at it.

    Args:
        registry_url: scheme, host and port.
        repository: path in the registry.
        tags: none leaves the image without a tag.
        platforms: one manifest each.
        content: what the image's own layer says; other content, other digests.
        labels: in the image's configuration.
        base: the image that it is built from, whose layers come first; it must have the same platforms.
        attest: put an attestation beside each platform, as buildx does; makes an index.
        sign: add a cosign signature's tag.
        docker_media_types: Docker's types rather than OCI's.
        index: whether to make an index; by default for several platforms or attestations.
        credentials: for registries that ask.
        ca_file: the authority to trust, for https.

    Raises:
        requests.HTTPError: the registry refuses.
    """
    types = DOCKER if docker_media_types else OCI
    layers = {platform: _layers(platform, content, base) for platform in platforms}
    manifests = {platform: manifest_of(platform, layers[platform], labels or {}, types) for platform in platforms}
    with RegistryClient(registry_url, repository, credentials, ca_file) as client:
        if index or attest or (index is None and len(platforms) > 1):
            children = tuple(_put_children(client, manifests, attest=attest))
            top = index_of(children, types)
        else:
            children, (top,) = (), manifests.values()
        _put_under(client, top, tags)
        if sign:
            client.put(signature(), f"{top.digest.replace(':', '-')}.sig")
    digests = {platform: manifest.digest for platform, manifest in manifests.items()}
    return PushedImage(top.digest, top.media_type, digests, layers, children)


def repoint(
    registry_url: str,
    repository: str,
    tags: Sequence[str],
    image: PushedImage,
    note: str,
    *,
    credentials: Login | None = None,
    ca_file: Path | None = None,
) -> PushedImage:
    """Push a new index with the same children: only the digest changes.

    Raises:
        ValueError: the image is no OCI index.
    """
    if image.media_type != OCI.index:
        raise ValueError(f"only an OCI index can be pointed anew, {image.digest} is {image.media_type}")
    top = index_of(image.children, OCI, note)
    with RegistryClient(registry_url, repository, credentials, ca_file) as client:
        _put_under(client, top, tags)
    return PushedImage(top.digest, top.media_type, image.platforms, image.layers, image.children)


def retag(
    registry_url: str,
    repository: str,
    reference: str,
    tag: str,
    *,
    credentials: Login | None = None,
    ca_file: Path | None = None,
) -> str:
    """Point a tag at the image of another tag or digest; returns its digest."""
    with RegistryClient(registry_url, repository, credentials, ca_file) as client:
        document = client.get(reference)
        client.put(document, tag)
    return document.digest


def delete(
    registry_url: str,
    repository: str,
    digest: str,
    *,
    credentials: Login | None = None,
    ca_file: Path | None = None,
) -> None:
    """Remove a manifest or index, and every tag on it."""
    with RegistryClient(registry_url, repository, credentials, ca_file) as client:
        client.delete(digest)


def _layers(platform: str, content: str, base: PushedImage | None) -> tuple[Layer, ...]:
    own = layer_of({"app/content.txt": f"{content} for {platform}\n"})
    return (*(base.layers[platform] if base else ()), own)


def _put_children(
    client: RegistryClient, manifests: Mapping[str, Document], *, attest: bool
) -> Iterator[Mapping[str, object]]:
    for platform, manifest in manifests.items():
        client.put(manifest)
        yield manifest.descriptor(platform=platform_document(platform))
    for manifest in manifests.values() if attest else ():
        attestation = attestation_of(manifest)
        client.put(attestation)
        yield attestation.descriptor(
            platform={"architecture": "unknown", "os": "unknown"},
            annotations={
                "vnd.docker.reference.digest": manifest.digest,
                "vnd.docker.reference.type": "attestation-manifest",
            },
        )


def _put_under(client: RegistryClient, top: Document, tags: Sequence[str]) -> None:
    for reference in tags or (None,):
        client.put(top, reference)
