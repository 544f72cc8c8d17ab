"""Properties of tags' names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.versions.tag_names import is_attachment, is_semantic, is_tag, precedence

HEX = "0123456789abcdef" * 4
TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}", fullmatch=True)
PARTS = st.integers(0, 10_000)


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


@pytest.mark.parametrize(
    "highest_first",
    [
        ["v1.10.0", "1.9.0", "1.2.0"],
        ["1.2.3", "1.2.3-rc.10", "1.2.3-rc.9", "1.2.3-9", "1.2.2"],
        ["22.1.0", "22", "20-slim", "2", "latest"],
        ["1.2.3", "1.2", "1"],
    ],
)
def test_versions_are_ordered_as_people_expect(highest_first: list[str]) -> None:
    """Numbers sort by value, pre-releases below their release, a release line below its versions."""
    assert sorted(highest_first, key=precedence, reverse=True) == highest_first
    assert len({precedence(tag) for tag in highest_first}) == len(highest_first)


@pytest.mark.parametrize("text", ["", "-a", ".a", "a b", "a/b", "a:b", "a\n", "é", "a" * 129])
def test_invalid_names_are_not_tags(text: str) -> None:
    """A registry may list any text."""
    assert not is_tag(text)
    assert is_tag("1.0.0-rc.1_x")


@given(TAGS, TAGS)
def test_any_two_tags_can_be_compared(one: str, other: str) -> None:
    """Any list of tags can be sorted."""
    assert sum([precedence(one) < precedence(other), precedence(other) < precedence(one)]) == (
        precedence(one) != precedence(other)
    )


@given(st.tuples(PARTS, PARTS, PARTS), st.tuples(PARTS, PARTS, PARTS))
def test_releases_compare_by_their_numbers(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    """The order of releases follows semver.org."""
    texts = [".".join(map(str, parts)) for parts in (one, other)]
    assert all(map(is_semantic, texts))
    assert (precedence(texts[0]) < precedence(texts[1])) is (one < other)
