"""Tests of which tags are releases, the highest of them, and the memory of a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.tag_lists import highest, is_release, memory_of


@pytest.mark.parametrize(
    ("tag", "form", "counts"),
    [
        ("1.2.3", TagForm.SEMVER, True),
        ("v1.2.3", TagForm.SEMVER, True),
        ("1.2", TagForm.SEMVER, False),
        ("1.2", TagForm.PARTIAL, True),
        ("latest", TagForm.PARTIAL, False),
        ("1.2.3-alpine", TagForm.SUFFIXED, True),
        ("nightly", TagForm.ANY, True),
    ],
)
def test_tracker_only_tags_in_the_wanted_form_are_releases(tag: str, form: TagForm, counts: bool) -> None:
    """Strict versions with or without `v` always count; others depend on the form of the repository."""
    assert is_release(tag, WantedVersions(form)) is counts


def test_the_highest_versions_come_first() -> None:
    """Tags are ordered by precedence, not by name, and tags that are no version are left out."""
    assert highest(["1.2.0", "1.10.0", "1.9.0", "latest"], TagForm.ANY, 2) == ["1.10.0", "1.9.0"]


@given(st.lists(st.text("ab 1.", max_size=4), max_size=4), st.lists(st.text("ab 1.", max_size=4), max_size=4))
def test_different_lists_have_different_memories(one: list[str], other: list[str]) -> None:
    """Two lists have the same memory only if they are equal, also with an empty line."""
    same = memory_of(WantedVersions(TagForm.ANY), one) == memory_of(WantedVersions(TagForm.ANY), other)

    assert same == ("\n".join(one) == "\n".join(other))
    assert memory_of(WantedVersions(TagForm.ANY), one) != memory_of(WantedVersions(TagForm.SEMVER), one)
