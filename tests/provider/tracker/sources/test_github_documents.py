"""Tests of single entries of GitHub's lists."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.fields import LONGEST_RELEASE_NOTES
from provider.tracker.decisions.release import FoundRelease, ReleaseList
from provider.tracker.sources.github_documents import UnreadableList, release_of, repository_of, tag_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["tag_name", "published_at", "body", "html_url", "draft", "prerelease", "name", "commit", "url"]
)


def test_invalid_fields_are_left_empty() -> None:
    """A missing body, an invalid date and an invalid address become empty fields."""
    entry = {"tag_name": "1.0", "body": None, "published_at": "soon", "html_url": "javascript:alert(1)"}

    assert release_of(entry, {"1.0": "abc"}) == FoundRelease("1.0", hash="abc", listed_in=ReleaseList.RELEASES)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "2026-01-01", "20260101"]
)
def test_a_time_that_cannot_be_stored_is_left_empty(text: str) -> None:
    """Before the first year, after the last one, and without an offset: the other releases of the list are recorded."""
    assert release_of({"tag_name": "1.0", "published_at": text}, {}).date is None


def test_huge_notes_are_cut() -> None:
    """Ten megabytes of a host that is not GitHub would take a page minutes to show."""
    assert len(release_of({"tag_name": "1.0", "body": "|a" * 5_000_000}, {}).notes) == LONGEST_RELEASE_NOTES
    assert len(release_of({"tag_name": "1.0", "body": "a" * 125_000}, {}).notes) == 125_000


@pytest.mark.parametrize(
    "entry", [{}, {"name": "v1"}, {"name": "v1", "commit": {}}, {"name": "", "commit": {"sha": "a"}}]
)
def test_a_tag_needs_a_name_and_a_commit(entry: Mapping[str, Any]) -> None:
    """Otherwise the answer is not a list of tags."""
    with pytest.raises(UnreadableList):
        tag_of(entry)


@given(st.dictionaries(NAMES, JSON))
def test_any_entry_is_parsed_or_refused(entry: dict[str, Any]) -> None:
    """Any entry is parsed or refused."""
    repository_of([entry])
    for read in (lambda: release_of(entry, {}), lambda: tag_of(entry)):
        try:
            read()
        except UnreadableList:
            continue
