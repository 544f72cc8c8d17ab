"""What people store beside images: charts, caches of builds, other artifacts, and statements about an image."""

from collections.abc import Mapping, Sequence

from tests.peers.exchange import Login
from tests.peers.image_documents import OCI, Blob, Document, index_of, layer_of, manifest_of
from tests.peers.registry_client import RegistryClient

HELM = "application/vnd.cncf.helm.config.v1+json"
CACHE = "application/vnd.buildkit.cacheconfig.v0"
EMPTY = "application/vnd.oci.empty.v1+json"


def artifact(configuration: str, layer: str, **more: object) -> Document:
    """A manifest whose configuration and only layer have these types."""
    config, content = Blob.raw(b"{}"), Blob.raw(f"a layer of type {layer}".encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI.manifest,
        "config": config.descriptor(configuration),
        "layers": [content.descriptor(layer)],
        **more,
    }
    return Document(Blob.of(manifest), OCI.manifest, (config, content))


def statement(predicate: str) -> Document:
    """What `cosign attest` stores: a manifest whose layer names the type of its statement."""
    config, content = Blob.raw(b"{}"), Blob.raw(b'{"payload":""}')
    layer = content.descriptor("application/vnd.dsse.envelope.v1+json", annotations={"predicateType": predicate})
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI.manifest,
        "config": config.descriptor(OCI.config),
        "layers": [layer],
    }
    return Document(Blob.of(manifest), OCI.manifest, (config, content))


def put_referrers(registry_url: str, repository: str, digest: str, types: Sequence[str]) -> None:
    """Push artifacts that refer to a digest, and their list under its tag, as clients do where there is no API."""
    with RegistryClient(registry_url, repository, None, None) as client:
        artifacts = {kind: artifact(EMPTY, "text/plain", artifactType=kind) for kind in types}
        for each in artifacts.values():
            client.put(each)
        entries = [each.descriptor(artifactType=kind) for kind, each in artifacts.items()]
        client.put(index_of(entries, OCI), digest.replace(":", "-"))


def put(registry_url: str, repository: str, documents: Mapping[str, Document], login: Login | None = None) -> None:
    """Push documents, by tag."""
    with RegistryClient(registry_url, repository, login, None) as client:
        for tag, document in documents.items():
            client.put(document, tag)


def put_windows(registry_url: str, repository: str, tag: str, versions: Sequence[str]) -> None:
    """Push an index with an image of one architecture for each version of Windows."""
    with RegistryClient(registry_url, repository, None, None) as client:
        children = []
        for version in versions:
            image = manifest_of("windows/amd64", [layer_of({"version": version})], {}, OCI)
            client.put(image)
            platform = {"os": "windows", "architecture": "amd64", "os.version": version}
            children.append(image.descriptor(platform=platform))
        client.put(index_of(children, OCI), tag)
