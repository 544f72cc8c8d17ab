"""Tests of statuses and links."""

import pytest

from catalog.image import Conclusion, Status
from provider.pages.image_labels import conclusion_sign, short_digest, status_sign, web_address


def test_every_status_and_conclusion_has_an_icon_and_a_word_of_its_own() -> None:
    """No two look or read alike."""
    for signs in ([status_sign(one) for one in Status], [conclusion_sign(one) for one in Conclusion]):
        assert len({sign.icon for sign in signs}) == len({sign.word for sign in signs}) == len(signs)


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://github.com/acme", True),
        ("http://127.0.0.1:3000/run", True),
        ("javascript:alert(1)", False),
        ("JavaScript://x/%0aalert(1)", False),
        ("//evil.example", False),
        ("https:", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(text: str | None, is_link: bool) -> None:
    """Nothing that a browser would run."""
    assert (web_address(text) is not None) is is_link


def test_a_digest_is_shortened() -> None:
    """To its algorithm and twelve digits; nothing stays nothing."""
    assert (short_digest("sha256:" + "a" * 64), short_digest(None)) == ("sha256:" + "a" * 12, "")
