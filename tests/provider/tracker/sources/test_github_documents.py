"""Single entries of GitHub's lists."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.release import FoundRelease
from provider.tracker.sources.github_documents import UnreadableList, release_of, repository_of, tag_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["tag_name", "published_at", "body", "html_url", "draft", "prerelease", "name", "commit", "url"]
)


def test_what_cannot_be_shown_is_left_out() -> None:
    """A missing body, a date that is none, an address that is no web address."""
    entry = {"tag_name": "1.0", "body": None, "published_at": "soon", "html_url": "javascript:alert(1)"}

    assert release_of(entry, {"1.0": "abc"}) == FoundRelease("1.0", hash="abc")


@pytest.mark.parametrize(
    "entry", [{}, {"name": "v1"}, {"name": "v1", "commit": {}}, {"name": "", "commit": {"sha": "a"}}]
)
def test_a_tag_needs_a_name_and_a_commit(entry: Mapping[str, Any]) -> None:
    """Else it is no list of tags."""
    with pytest.raises(UnreadableList):
        tag_of(entry)


@given(st.dictionaries(NAMES, JSON))
def test_no_entry_breaks_the_reader(entry: dict[str, Any]) -> None:
    """It is read or it is refused."""
    repository_of([entry])
    for read in (lambda: release_of(entry, {}), lambda: tag_of(entry)):
        try:
            read()
        except UnreadableList:
            continue
