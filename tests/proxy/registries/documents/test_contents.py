"""What a manifest holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.ports import Manifest
from proxy.registries.documents.contents import kind_of_index, kind_of_manifest, publishers, publishers_annotations
from proxy.registries.manifests import parse_manifest
from proxy.version_types import Kind
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, digest_of

IMAGE = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
HELM = "application/vnd.cncf.helm.config.v1+json"
CACHE = "application/vnd.buildkit.cacheconfig.v0"


def single(configuration: object, *layers: object, **more: object) -> dict[str, Any]:
    """A manifest with these media types."""
    return {
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": configuration, "digest": digest_of("config"), "size": 1},
        "layers": [{"mediaType": layer, "digest": digest_of("layer"), "size": 1} for layer in layers],
        **more,
    }


def index(*entries: object, **more: object) -> dict[str, Any]:
    """An index with these entries."""
    return {"mediaType": OCI_INDEX, "manifests": list(entries), **more}


def parsed(document: dict[str, Any]) -> Manifest:
    """The manifest as the port gives it."""
    return parse_manifest(json.dumps(document).encode(), digest_of("x"), "", "app")


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (single(IMAGE, LAYER), "image"),
        (single(IMAGE), "image"),
        (single(IMAGE, "application/vnd.oci.image.layer.nydus.blob.v1"), "image"),
        (
            single(
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            ),
            "image",
        ),
        (single(HELM, "application/vnd.cncf.helm.chart.content.v1.tar+gzip"), "chart"),
        (single(CACHE, LAYER, LAYER), "cache"),
        (single("application/vnd.oci.empty.v1+json", "text/plain", artifactType="application/spdx+json"), "artifact"),
        (single("application/vnd.unknown.config.v1+json", "application/x-tar"), "artifact"),
        (single("application/vnd.cncf.flux.config.v1+json"), "artifact"),
        (single("application/vnd.wasm.config.v0+json", "application/wasm"), "artifact"),
        (single(IMAGE, LAYER, artifactType="application/vnd.docker.attestation.manifest.v1+json"), "artifact"),
        (single(IMAGE, "application/vnd.dev.cosign.simplesigning.v1+json"), "artifact"),
        (single(IMAGE, "application/vnd.in-toto+json"), "artifact"),
        (single(IMAGE, "text/spdx+json"), "artifact"),
        (single(None, LAYER), "artifact"),
        (single(7), "artifact"),
    ],
)
def test_a_manifest_shows_what_it_holds(document: dict[str, Any], kind: Kind) -> None:
    """By the type of its configuration, its own artifact type, and the types of its layers."""
    assert kind_of_manifest(document) == kind
    assert parsed(document).kind == kind


LINUX = {"platform": {"os": "linux", "architecture": "amd64"}, "digest": digest_of("a"), "mediaType": OCI_MANIFEST}
ATTESTATION = {
    "platform": {"os": "unknown", "architecture": "unknown"},
    "digest": digest_of("b"),
    "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
}


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (index(LINUX), "image"),
        (index(LINUX, ATTESTATION), "image"),
        (index({"platform": {"os": "windows", "os.version": "10"}, "digest": digest_of("a")}), "image"),
        (
            index({"mediaType": LAYER, "digest": digest_of("a")}, {"mediaType": CACHE, "digest": digest_of("b")}),
            "cache",
        ),
        (index(LINUX, artifactType="application/vnd.example"), "artifact"),
        (index(ATTESTATION), "artifact"),
        (
            index({"mediaType": OCI_MANIFEST, "artifactType": "application/spdx+json", "digest": digest_of("a")}),
            "artifact",
        ),
        (index({"mediaType": OCI_MANIFEST, "digest": digest_of("a")}), None),
        (index(), None),
    ],
)
def test_an_index_shows_what_it_holds(document: dict[str, Any], kind: Kind | None) -> None:
    """By its own artifact type, and by its entries; one without platforms and types shows nothing."""
    assert kind_of_index(document) == kind
    assert parsed(document).kind == kind


def test_attestations_are_found_beside_platforms() -> None:
    """BuildKit marks them with an annotation; an entry without a valid digest is left out."""
    odd = [{**ATTESTATION, "digest": digest} for digest in ("sha256:1", None, 7)]
    manifest = parsed(index(LINUX, ATTESTATION, *odd))

    assert manifest.attestations == (digest_of("b"),)
    assert dict(manifest.platforms) == {"linux/amd64": digest_of("a")}


@pytest.mark.parametrize("name", ["in-toto.io/predicate-type", "predicateType"])
def test_the_types_of_statements_are_read_from_annotations(name: str) -> None:
    """BuildKit and cosign use different annotations of the layer."""
    document = single(IMAGE, "application/vnd.in-toto+json", "application/vnd.in-toto+json", LAYER)
    for layer, kind in zip(
        document["layers"], ("https://spdx.dev/Document", "https://slsa.dev/provenance/v1"), strict=False
    ):
        layer["annotations"] = {name: kind, "other": 7}

    assert parsed(document).predicates == {"https://spdx.dev/Document", "https://slsa.dev/provenance/v1"}


def test_annotations_of_the_publisher_are_kept() -> None:
    """An index's own ones have precedence over those of its first image; texts that cannot be shown are left out."""
    of_image = {"org.opencontainers.image.revision": "4f2a", "org.opencontainers.image.version": "1.2"}
    attested = {**ATTESTATION, "annotations": {"org.opencontainers.image.revision": "no"}}
    own = {"org.opencontainers.image.version": "1.2.3", "other": "x", "org.opencontainers.image.url": 7}
    document = index(attested, {**LINUX, "annotations": of_image}, annotations=own)

    assert publishers_annotations(document) == {"revision": "4f2a", "version": "1.2.3"}


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x00b", "x" * 513, 7, None, ["x"]])
def test_a_text_that_cannot_be_shown_is_none(text: object) -> None:
    """A registry can send anything as a label."""
    assert publishers([("org.opencontainers.image.source", text)]) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "manifests",
                    "layers",
                    "config",
                    "size",
                    "digest",
                    "platform",
                    "os",
                    "mediaType",
                    "annotations",
                    "artifactType",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["manifests", "layers", "config", "annotations", "artifactType"]), JSON))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    """Nothing that a registry sends raises another error."""
    for media_type in (OCI_INDEX, OCI_MANIFEST):
        try:
            manifest = parsed({**document, "mediaType": media_type})
        except Garbage:
            continue
        assert manifest.kind in (None, "image", "chart", "artifact", "cache")
