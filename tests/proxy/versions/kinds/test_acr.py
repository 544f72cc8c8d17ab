"""Pages of the list of tags of Azure's registries."""

import json
from datetime import UTC, datetime

import pytest

from proxy.errors import Garbage
from proxy.versions.kinds.acr import AzureTags, parse_tags
from tests.fakes.registry import digest_of


def body(*tags: object) -> bytes:
    """A page with these tags."""
    return json.dumps({"registry": "acme.azurecr.io", "imageName": "app", "tags": tags}).encode()


def test_a_tag_has_the_time_of_its_last_push() -> None:
    """Its first push counts where the last one is not stated."""
    digest = digest_of("1")
    first, last = "2026-01-02T03:04:05.1234567Z", "2026-02-03T04:05:06.7654321Z"
    page = body(
        {"name": "1.0", "digest": digest, "createdTime": first, "lastUpdateTime": last, "signed": False},
        {"name": "1.1", "digest": digest, "createdTime": first},
        {"name": "1.2", "digest": "sha256:x", "createdTime": "yesterday"},
    )
    assert [(tag.name, tag.digest, tag.published_at) for tag in parse_tags(page, "x")] == [
        ("1.0", digest, datetime(2026, 2, 3, 4, 5, 6, 765432, UTC)),
        ("1.1", digest, datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)),
        ("1.2", None, None),
    ]


@pytest.mark.parametrize("page", [b'{"registry": "acme.azurecr.io"}', b'{"tags": null}', b'{"tags": []}'])
def test_a_page_may_be_empty(page: bytes) -> None:
    """The last tag may have been deleted."""
    assert list(parse_tags(page, "x")) == []


@pytest.mark.parametrize("page", [b"", b"[]", b'{"tags": {"1.0": {}}}', b'{"tags": ["1.0"]}'])
def test_another_document_is_no_page(page: bytes) -> None:
    """The error names the image."""
    with pytest.raises(Garbage, match="app"):
        list(parse_tags(page, "app"))


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("acme.azurecr.io", True),
        ("acme.azurecr.cn", True),
        ("acme.azurecr.us:443", True),
        ("azurecr.io", False),
        ("acme.azurecr.io.evil.example", False),
        ("acme.azurecr.de", False),
        ("a.acme.azurecr.io", False),
    ],
)
def test_hosts_of_azure(host: str, served: bool) -> None:
    """By their whole name."""
    assert AzureTags.serves(host) is served
