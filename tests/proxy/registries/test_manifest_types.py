"""What a manifest is by its content, where neither it nor its header names a type."""

import json

import pytest

from proxy.errors import Garbage
from proxy.ports import INDEX_TYPES, SCHEMA_1_TYPES, Manifest
from proxy.registries.manifests import body_digest, parse_manifest, verified_document
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, digest_of

CHILD = {"digest": digest_of("child"), "size": 1, "platform": {"os": "linux", "architecture": "amd64"}}
PART = {"digest": digest_of("part"), "size": 2}
INDEX = {"schemaVersion": 2, "manifests": [CHILD]}
IMAGE = {"schemaVersion": 2, "config": PART, "layers": [PART]}
HEADERS = {
    "none": "",
    "application/json": "application/json",
    "text/plain": "text/plain; charset=utf-8",
    "octets": "application/octet-stream",
    "only parameters": "; charset=utf-8",
    "several": "application/json, text/plain",
    "a type of ours with parameters": f"{OCI_MANIFEST}; charset=utf-8",
}


def parsed(document: object, content_type: str = "") -> Manifest:
    """The manifest of a document that came with this header."""
    body = json.dumps(document).encode()
    return parse_manifest(body, body_digest(body), content_type, "team/app:1")


@pytest.mark.parametrize("content_type", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("named", [{}, {"mediaType": None}, {"mediaType": ""}, {"mediaType": "application/json"}])
def test_an_index_has_children(content_type: str, named: dict[str, object]) -> None:
    """It is one by its list, whatever the header says."""
    manifest = parsed(INDEX | named, content_type)

    assert (manifest.media_type, manifest.is_index) == (OCI_INDEX, True)
    assert dict(manifest.platforms) == {"linux/amd64": digest_of("child")}


@pytest.mark.parametrize("content_type", [*HEADERS.values(), OCI_INDEX])
@pytest.mark.parametrize("named", [{}, {"mediaType": None}, {"mediaType": "application/vnd.acme.image.v1+json"}])
def test_an_image_has_a_configuration_and_layers(content_type: str, named: dict[str, object]) -> None:
    """It is one by its lists, whatever the header says."""
    manifest = parsed(IMAGE | named, content_type)

    assert (manifest.media_type, manifest.size, manifest.platforms) == (OCI_MANIFEST, 4, {})
    assert (manifest.configuration, manifest.layers) == (digest_of("part"), (digest_of("part"),))


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("parameters", ["", ";charset=utf-8", " ; q=1"])
@pytest.mark.parametrize("docker", [False, True])
def test_a_type_in_the_header_or_in_the_document_is_kept(upper: bool, parameters: str, docker: bool) -> None:
    """In any case and with parameters."""
    single = "application/vnd.docker.distribution.manifest.v2+json" if docker else OCI_MANIFEST
    for document, media_type in ((IMAGE, single), (INDEX, INDEX_TYPES[docker])):
        written = f"{media_type.upper() if upper else media_type}{parameters}"

        assert parsed(document, written).media_type == media_type
        assert parsed(document | {"mediaType": written}, "application/json").media_type == media_type


@pytest.mark.parametrize("named", [OCI_INDEX, ""])
def test_an_index_without_children_may_have_null(named: str) -> None:
    """Go writes an empty list so."""
    manifest = parsed({"schemaVersion": 2, "manifests": None}, named)

    assert (manifest.is_index, manifest.platforms) == (True, {})


@pytest.mark.parametrize("named", [OCI_MANIFEST, "", "application/json"])
def test_an_image_without_layers_may_have_null(named: str) -> None:
    """An artifact may consist of its configuration."""
    manifest = parsed({"schemaVersion": 2, "config": PART, "layers": None}, named)

    assert (manifest.media_type, manifest.layers, manifest.size) == (OCI_MANIFEST, (), 2)


@pytest.mark.parametrize("named", ["", OCI_INDEX, OCI_MANIFEST])
def test_a_document_with_children_and_layers_is_none(named: str) -> None:
    """Two readers could take it for two images (CVE-2021-41190)."""
    with pytest.raises(Garbage, match="team/app:1"):
        parsed(INDEX | IMAGE | {"mediaType": named})


@pytest.mark.parametrize(
    "document",
    [
        {"schemaVersion": 2},
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.artifact.manifest.v1+json", "blobs": []},
        {"schemaVersion": 2, "config": PART},
        {"schemaVersion": 2, "config": None, "layers": None},
        {"schemaVersion": 2, "manifests": "none"},
        {"schemaVersion": 2, "layers": {}},
        {"mediaType": ["application/json"]},
        {"tags": ["1.0"]},
    ],
)
def test_other_documents_are_no_image(document: object) -> None:
    """The message names the image."""
    with pytest.raises(Garbage, match="team/app:1"):
        parsed(document, "application/json")


def test_the_digest_of_a_document_of_another_kind_is_known() -> None:
    """A new digest is recorded at once, also where the manifest is none of ours."""
    body = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.acme+json"}).encode()

    assert verified_document(body, None, "a") == (body, body_digest(body))
    assert OCI_MANIFEST not in SCHEMA_1_TYPES
