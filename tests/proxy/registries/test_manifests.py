"""Manifest documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import Digest
from proxy.errors import Garbage
from proxy.ports import Manifest
from proxy.registries.manifests import (
    ACCEPT,
    body_digest,
    config_digest,
    json_object,
    named_digest,
    parse_labels,
    parse_manifest,
    parse_platform,
    verified,
)
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, digest_of

JSON_VALUES = st.recursive(
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
                    "architecture",
                    "mediaType",
                    "Labels",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def document(**parts: object) -> bytes:
    """A JSON document."""
    return json.dumps(parts).encode()


def child(platform: dict[str, str] | None, name: str) -> dict[str, object]:
    """A child of an index."""
    return {"digest": digest_of(name), "size": 1, "platform": platform}


def test_all_types_are_accepted() -> None:
    """Requests accept indexes and manifests of OCI and of Docker, and last the old ones of Docker."""
    assert sorted(ACCEPT.split(", ")) == [
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
    ]


def test_children_that_are_not_images_are_left_out() -> None:
    """Attestations and artifacts have no platform; versions of Windows are told apart."""
    body = document(
        mediaType=OCI_INDEX,
        manifests=[
            child({"os": "linux", "architecture": "arm64", "variant": "v8"}, "arm"),
            child({"os": "windows", "architecture": "amd64", "os.version": "10.0.2"}, "new"),
            child({"os": "windows", "architecture": "amd64", "os.version": "10.0.1"}, "old"),
            child({"os": "unknown", "architecture": "unknown"}, "attestation"),
            child(None, "artifact"),
        ],
    )
    manifest = parse_manifest(body, body_digest(body), "", "a")

    assert manifest == Manifest(
        body_digest(body),
        OCI_INDEX,
        0,
        {
            "linux/arm64/v8": digest_of("arm"),
            "windows(10.0.2)/amd64": digest_of("new"),
            "windows(10.0.1)/amd64": digest_of("old"),
        },
        kind="image",
    )


def test_a_manifest_s_size_is_configuration_and_layers() -> None:
    """The type comes from the header if the document does not contain it."""
    layers = [{"digest": digest_of(name), "size": 20} for name in ("low", "high")]
    body = document(config={"digest": digest_of("c"), "size": 3}, layers=layers)
    manifest = parse_manifest(body, body_digest(body), f"{OCI_MANIFEST}; charset=utf-8", "a")

    assert (manifest.size, manifest.layers) == (43, (digest_of("low"), digest_of("high")))
    assert not manifest.is_index
    assert config_digest(body, "a") == digest_of("c")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"[" * 100_000,
        document(mediaType="text/plain"),
        document(mediaType=OCI_INDEX),
        document(mediaType=OCI_INDEX, manifests={}),
        document(
            mediaType=OCI_INDEX, manifests=[child({"os": "linux", "architecture": "amd64"}, "x") | {"digest": "?"}]
        ),
        document(mediaType=OCI_MANIFEST, config={}, layers=[]),
        document(mediaType=OCI_MANIFEST, config={"size": -1}, layers=[]),
        document(mediaType=OCI_MANIFEST, config={"size": "1"}, layers=[]),
        document(mediaType=OCI_MANIFEST, config={"size": 1}, layers=["x"]),
    ],
)
def test_an_invalid_manifest_is_garbage(body: bytes) -> None:
    """The message names the image."""
    with pytest.raises(Garbage, match="team/app:1"):
        parse_manifest(body, digest_of("x"), "", "team/app:1")


@given(JSON_VALUES, st.sampled_from([OCI_INDEX, OCI_MANIFEST]))
def test_any_document_is_a_manifest_or_garbage(value: object, media_type: str) -> None:
    """For any document, no other error is raised."""
    body = json.dumps(value).encode()
    for read in (
        lambda: parse_manifest(body, digest_of("x"), media_type, "a"),
        lambda: config_digest(body, "a"),
        lambda: parse_labels(body, "a"),
        lambda: json_object(body, "a"),
    ):
        try:
            read()
        except Garbage:
            continue


@pytest.mark.parametrize(
    ("config", "labels"),
    [
        ({"config": {"Labels": {"a": "b"}}}, {"a": "b"}),
        ({"config": {"Labels": None}}, {}),
        ({"config": None}, {}),
        ({}, {}),
    ],
)
def test_labels_may_be_missing(config: dict[str, object], labels: dict[str, str]) -> None:
    """An image without labels, and an artifact without a configuration, have none."""
    assert parse_labels(json.dumps(config).encode(), "a") == labels


@pytest.mark.parametrize(
    ("config", "platform"),
    [
        ({"os": "linux", "architecture": "arm64", "variant": "v8"}, "linux/arm64/v8"),
        ({"os": "linux", "architecture": "amd64"}, "linux/amd64"),
        ({"os": "unknown", "architecture": "unknown"}, None),
        ({"os": "linux"}, None),
        ({}, None),
    ],
)
def test_a_platform_may_be_missing(config: dict[str, object], platform: str | None) -> None:
    """Artifacts have no platform."""
    assert parse_platform(json.dumps(config).encode(), "a") == platform


def test_a_digest_is_verified_by_its_own_algorithm() -> None:
    """The bytes must have the requested digest."""
    body = b"some document"
    long = body_digest(body, Digest("sha512:" + "0" * 128))

    assert verified(body, body_digest(body), "a") == body_digest(body)
    assert verified(body, long, "a") == long
    assert verified(body, None, "a").startswith("sha256:")
    with pytest.raises(Garbage, match=f"a: .*{digest_of('other')}"):
        verified(body, digest_of("other"), "a")


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (digest_of("x"), digest_of("x")),
        (f"{digest_of('x')}, {digest_of('x')}", digest_of("x")),
        (f"sha512:{'0' * 128}", f"sha512:{'0' * 128}"),
        (f"{digest_of('x')}, {digest_of('y')}", None),
        (digest_of("x").upper(), None),
        (digest_of("x")[:-1], None),
        ("latest", None),
        ("md5:" + "0" * 32, None),
        ("", None),
    ],
)
def test_a_digest_header_counts_if_it_is_a_digest(text: str, digest: str | None) -> None:
    """Proxies may send it twice; an invalid one is none, and then the bytes decide."""
    assert named_digest({"docker-content-digest": text}) == digest
    assert named_digest({}) is None
