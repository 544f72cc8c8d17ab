"""Tests of the meaning of a text in the search field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.pages.listing.search import Meaning, SearchKind, as_text, meaning_of
from provider.ports import ImageFilter

OWNERS = ("group:default/Platform", "group:default/node", "user:default/jane")
BASES = ("node-22", "node", "golang")
DIGEST = "0123456789abcdef" * 4


def meaning(text: str) -> Meaning:
    """The meaning of a text, where some owners and base images are known."""
    return meaning_of(text, OWNERS, BASES.__contains__)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (f"sha256:{DIGEST}", SearchKind.DIGEST, f"sha256:{DIGEST}"),
        (DIGEST.upper(), SearchKind.DIGEST, f"sha256:{DIGEST}"),
        (DIGEST[:12], SearchKind.DIGEST, f"sha256:{DIGEST[:12]}"),
        (f"node:22@sha256:{DIGEST}", SearchKind.DIGEST, f"sha256:{DIGEST}"),
        (f"@sha256:{DIGEST}", SearchKind.DIGEST, f"sha256:{DIGEST}"),
        (DIGEST[:11], SearchKind.TEXT, DIGEST[:11]),
        ("cve-2026-12345", SearchKind.CVE, "CVE-2026-12345"),
        ("CVE-2026-1", SearchKind.TEXT, "CVE-2026-1"),
        ("CVE-2026", SearchKind.TEXT, "CVE-2026"),
        ("node:22", SearchKind.REFERENCE, "docker.io/library/node:22"),
        ("docker.io/library/node:22", SearchKind.REFERENCE, "docker.io/library/node:22"),
        ("index.docker.io/library/node:22", SearchKind.REFERENCE, "docker.io/library/node:22"),
        ("acme/app:1", SearchKind.REFERENCE, "docker.io/acme/app:1"),
        ("GHCR.io/acme/app:1", SearchKind.REFERENCE, "ghcr.io/acme/app:1"),
        ("ghcr.io/acme/app", SearchKind.REPOSITORY, "ghcr.io/acme/app"),
        ("localhost:5000/app", SearchKind.REPOSITORY, "localhost:5000/app"),
        ("acme/app", SearchKind.TEXT, "acme/app"),
        ("Acme/App:1 ü", SearchKind.TEXT, "Acme/App:1 ü"),
        ("node-22", SearchKind.NAME, "node-22"),
        ("node", SearchKind.NAME, "node"),
        ("group:default/NODE", SearchKind.OWNER, "group:default/node"),
        ("platform", SearchKind.OWNER, "group:default/Platform"),
        ("jane", SearchKind.OWNER, "user:default/jane"),
        ("group:default/nobody", SearchKind.TEXT, "group:default/nobody"),
        ("nod", SearchKind.TEXT, "nod"),
        ("100%", SearchKind.TEXT, "100%"),
    ],
)
def test_a_text_has_the_most_exact_meaning(text: str, kind: SearchKind, value: str) -> None:
    """A digest before a vulnerability, an owner, a reference, the name of an image, and any part of a name."""
    assert meaning(text) == Meaning(kind, value)


@given(st.text(min_size=1))
def test_every_text_has_a_meaning_that_can_be_searched(text: str) -> None:
    """Whatever somebody writes, it restricts the list by one filter, or by an owner."""
    found = meaning(text.strip() or "x")

    assert (found.applied(ImageFilter()) != ImageFilter()) == (found.kind is not SearchKind.OWNER)
    assert len(found.parameters) == 1


def test_the_plain_search_takes_any_text() -> None:
    """For a text that was understood in another way."""
    assert as_text("node:22").applied(ImageFilter()) == ImageFilter(query="node:22")
    assert not as_text("node:22").goes_through
