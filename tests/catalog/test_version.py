"""Tests of tags that look fixed."""

import pytest

from catalog.version import looks_fixed


@pytest.mark.parametrize(
    "tag", ["1.2.3", "v1.2.3", "1.2.3-slim", "2024.01.15", "10.20.30.40", "1.2.3rc1", "3.19.1_amd64"]
)
def test_three_numeric_parts_look_fixed(tag: str) -> None:
    """A tag with the number of one release usually does not change."""
    assert looks_fixed(tag)


@pytest.mark.parametrize(
    "tag", ["22", "latest", "1.2", "v1", "22-bookworm", "1.2-3.4", "1.2.x", "node-1.2.3", "", "1..2"]
)
def test_other_tags_can_change(tag: str) -> None:
    """A version line or a word is the tag of the newest release."""
    assert not looks_fixed(tag)
