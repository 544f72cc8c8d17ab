"""Lists of tags in the form of Google's registries."""

import json
from datetime import UTC, datetime

import pytest

from proxy.errors import Garbage
from proxy.versions.kinds.gar import GoogleTags, parse_list
from tests.fakes.registry import digest_of

AT = datetime(2026, 7, 4, 9, 30, tzinfo=UTC)
MILLISECONDS = int(AT.timestamp() * 1000)
IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def body(*entries: dict[str, object], tags: object = ()) -> bytes:
    """An answer with a manifest for each entry."""
    manifests = {digest_of(str(number)): entry for number, entry in enumerate(entries)}
    return json.dumps({"name": "acme/app", "tags": tags, "child": [], "manifest": manifests}).encode()


@pytest.mark.parametrize("uploaded", [str(MILLISECONDS), MILLISECONDS], ids=["gcr.io", "pkg.dev"])
def test_a_tag_has_the_upload_of_its_manifest(uploaded: object) -> None:
    """Times are texts at gcr.io, and numbers at Artifact Registry."""
    entry = {"tag": ["1.0", "latest"], "mediaType": IMAGE, "imageSizeBytes": "2048", "timeUploadedMs": uploaded}
    found = parse_list(body({**entry, "timeCreatedMs": "1000"}, tags=["1.0", "latest"]), "x")
    tags, names = found.dated, found.names

    assert [(tag.name, tag.published_at, tag.size) for tag in tags] == [("1.0", AT, 2048), ("latest", AT, 2048)]
    assert {tag.digest for tag in tags} == {digest_of("0")}
    assert {tag.built_at for tag in tags} == {datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)}
    assert names == {"1.0", "latest"}


@pytest.mark.parametrize("unknown", [None, "", "0", 0, "-62135596800000", "soon", True, 10**30, [], {}])
def test_a_time_that_is_none_is_unknown(unknown: object) -> None:
    """The tag itself stays."""
    entry = {"tag": ["1.0"], "mediaType": IMAGE, "timeUploadedMs": unknown, "timeCreatedMs": unknown}
    (tag,) = parse_list(body({**entry, "imageSizeBytes": unknown if unknown != 10**30 else None}), "x").dated
    assert (tag.name, tag.published_at, tag.built_at, tag.size) == ("1.0", None, None, None)


def test_manifests_without_tags_are_no_versions() -> None:
    """Platforms of an index, and what the form does not allow, are left out; an index has no size."""
    entries: list[dict[str, object]] = [
        {"tag": [], "mediaType": IMAGE},
        {"mediaType": IMAGE},
        {"tag": [None, 7, "", "2.0"], "mediaType": INDEX, "imageSizeBytes": "900"},
        {"tag": "1.0"},
    ]
    tags = parse_list(body(*entries), "x").dated
    assert [(tag.name, tag.size) for tag in tags] == [("2.0", None)]


def test_platforms_of_an_index_have_sizes() -> None:
    """Google's list has them too; tags have their own, and what is no size of a pull is left out."""
    entries: list[dict[str, object]] = [
        {"tag": [], "mediaType": IMAGE, "imageSizeBytes": "700"},
        {"mediaType": IMAGE, "imageSizeBytes": 800},
        {"tag": ["2.0"], "mediaType": INDEX, "imageSizeBytes": "900"},
        {"tag": [], "mediaType": INDEX, "imageSizeBytes": "900"},
        {"tag": ["1.0"], "mediaType": IMAGE, "imageSizeBytes": "500"},
        {"tag": [], "mediaType": IMAGE, "imageSizeBytes": "many"},
        {"tag": [], "mediaType": IMAGE, "imageSizeBytes": 0},
    ]
    assert parse_list(body(*entries), "x").sizes == {digest_of("0"): 700, digest_of("1"): 800}


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"tags": ["1.0"]}', b'{"manifest": []}', b'{"manifest": null}'])
def test_another_list_is_no_list_of_google(answer: bytes) -> None:
    """The registry's own list is read instead."""
    with pytest.raises(Garbage, match="app"):
        parse_list(answer, "app")


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("gcr.io", True),
        ("eu.gcr.io", True),
        ("mirror.gcr.io", True),
        ("us-central1-docker.pkg.dev", True),
        ("us-docker.pkg.dev:443", True),
        ("agcr.io", False),
        ("gcr.io.evil.example", False),
        ("a.b.gcr.io", False),
        ("pkg.dev.example.com", False),
        ("notpkg.dev", False),
    ],
)
def test_hosts_of_google(host: str, served: bool) -> None:
    """By their whole name."""
    assert GoogleTags.serves(host) is served
