"""Lists of artifacts that refer to an image."""

import json

import pytest

from proxy.errors import Garbage
from proxy.ports import Referrer
from proxy.registries.documents.referrers import fallback_tag, parse_referrers
from tests.fakes.registry import digest_of


def test_types_and_statements_are_read() -> None:
    """Entries that are no objects are left out, odd values are empty."""
    entries: list[object] = [
        {"artifactType": "application/spdx+json"},
        {
            "artifactType": "application/vnd.in-toto+json",
            "annotations": {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v1"},
        },
        {
            "artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "annotations": {"dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1"},
        },
        {"artifactType": 7, "annotations": ["x"]},
        "x",
        None,
    ]
    assert parse_referrers(json.dumps({"manifests": entries}).encode(), "app") == [
        Referrer("application/spdx+json", ""),
        Referrer("application/vnd.in-toto+json", "https://slsa.dev/provenance/v1"),
        Referrer("application/vnd.dev.sigstore.bundle.v0.3+json", "https://sigstore.dev/cosign/sign/v1"),
        Referrer("", ""),
    ]


@pytest.mark.parametrize("document", [{}, {"manifests": None}, {"manifests": {}}, {"manifests": "x"}])
def test_a_document_without_a_list_has_none(document: object) -> None:
    """As `tags` of a tag list, which can be null."""
    assert parse_referrers(json.dumps(document).encode(), "app") == []


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_another_document_is_refused(body: bytes) -> None:
    """A page of a login is no list."""
    with pytest.raises(Garbage, match="app"):
        parse_referrers(body, "app")


def test_the_fallback_is_a_tag() -> None:
    """Only the first colon is replaced, of which a digest has one."""
    assert fallback_tag(digest_of("x")) == digest_of("x").replace(":", "-")
