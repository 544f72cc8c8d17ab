"""Properties of tags' names."""

import pytest

from proxy.versions.tag_names import is_attachment, is_semantic, is_tag

HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize("suffix", ["", ".sig", ".att", ".sbom", ".cosign"])
def test_attachments_are_not_images(suffix: str) -> None:
    """Signatures, attestations, SBOMs, and the fallback tag of the referrers API are attachments."""
    assert is_attachment(f"sha256-{HEX}{suffix}")


@pytest.mark.parametrize("tag", ["sha256-abc", "sha-1a2b3c4", f"x-sha256-{HEX}", f"sha256-{HEX}-slim", "latest"])
def test_other_tags_are_images(tag: str) -> None:
    """A tag that contains a commit's hash is an image."""
    assert not is_attachment(tag)


@pytest.mark.parametrize(
    ("tag", "semantic"),
    [
        ("1.2.3", True),
        ("v1.2.3", True),
        ("1.2.3-rc.1", True),
        ("1.2.3-slim", True),
        ("0.0.0", True),
        ("1.2", False),
        ("22", False),
        ("01.2.3", False),
        ("2024.01.15", False),
        ("vv1.2.3", False),
        ("latest", False),
        ("1.2.3_amd64", False),
    ],
)
def test_semantic_versions_have_three_parts(tag: str, semantic: bool) -> None:
    """Semantic versions follow semver.org, with or without a v."""
    assert is_semantic(tag) is semantic


@pytest.mark.parametrize("text", ["", "-a", ".a", "a b", "a/b", "a:b", "a\n", "é", "a" * 129])
def test_invalid_names_are_not_tags(text: str) -> None:
    """A registry may list any text."""
    assert not is_tag(text)
    assert is_tag("1.0.0-rc.1_x")
