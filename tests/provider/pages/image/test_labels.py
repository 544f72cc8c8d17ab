"""Tests of labels and signs of images."""

import pytest

from catalog.image import Conclusion, DependencyRole, Status
from provider.domain.discovery.findings import OtherKind
from provider.domain.dockerfile.findings import ReferenceKind
from provider.pages.image.labels import (
    FAILED,
    conclusion_sign,
    instruction_label,
    purpose_label,
    short_digest,
    status_sign,
    web_address,
)
from provider.pages.image.run_labels import word_sign
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.labels import state_sign


def test_every_status_and_conclusion_has_a_different_icon_and_word() -> None:
    """No two signs of a kind share a word, and only failures share an icon."""
    for signs in ([status_sign(one) for one in Status], [conclusion_sign(one) for one in Conclusion]):
        assert len({sign.word for sign in signs}) == len(signs)
        others = [sign.icon for sign in signs if sign.tone != "bad"]
        assert len(set(others)) == len(others)


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
    """A `javascript:` address, for example, is no link."""
    assert (web_address(text) is not None) is is_link


def test_a_failure_has_one_sign_everywhere() -> None:
    """Image, rebuild, workflow run and poll show the same icon and word."""
    signs = [status_sign("failed"), conclusion_sign("failure"), word_sign("failure"), state_sign(RepositoryState.ERROR)]
    assert signs == [FAILED] * 4


def test_dependencies_are_labelled_as_in_a_dockerfile() -> None:
    """Every kind of reference and every role has a label; an unknown kind is shown as it is."""
    assert [instruction_label(kind) for kind in ReferenceKind] == ["# syntax=", "FROM", "COPY --from", "RUN --mount"]
    assert [instruction_label(kind) for kind in OtherKind] == ["images.yaml", "label of the image"]
    assert instruction_label("later-kind") == "later-kind"
    assert len({purpose_label(role) for role in DependencyRole}) == len(DependencyRole)


def test_a_digest_is_shortened() -> None:
    """The algorithm and twelve characters are kept; None becomes an empty text."""
    assert (short_digest("sha256:" + "a" * 64), short_digest(None)) == ("sha256:" + "a" * 12, "")
