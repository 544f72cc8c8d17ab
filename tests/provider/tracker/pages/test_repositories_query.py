"""Tests of what a reader of the release list asks for."""

from hypothesis import given
from hypothesis import strategies as st

from provider.ports import Place
from provider.tracker.decisions.repository import RepositoryState, RepositoryType
from provider.tracker.pages.repositories_query import SORTS, AskedRepositories
from provider.tracker.ports import REPOSITORY_SORTS, RepositoryFilter


def test_tracker_filters_are_taken_and_wrong_ones_left_out() -> None:
    """An address from elsewhere never fails."""
    asked = AskedRepositories.of({"type": "git", "state": "error", "q": " lib ", "sort": "-latestDate"})
    assert asked.filter == RepositoryFilter(RepositoryType.GIT, "lib", RepositoryState.ERROR, "-latestDate")
    assert AskedRepositories.of({"type": "svn", "state": "fine", "sort": "colour", "after": "x", "id": "y"}) == (
        AskedRepositories()
    )


def test_tracker_every_column_sorts() -> None:
    """Each that the store can sort by, and then the other way round."""
    assert set(SORTS) == set(REPOSITORY_SORTS)
    asked = AskedRepositories.of({"q": "x", "after": "k", "id": "3"})
    assert asked.resorted("type") == {"q": "x", "sort": "type"}
    assert AskedRepositories.of({"sort": "type"}).resorted("type") == {"sort": "-type"}
    assert AskedRepositories.of({"sort": "-name"}).resorted("name") == {}
    assert asked.resorted("name") == {"q": "x", "sort": "-name"}
    assert AskedRepositories.of({"sort": "-type"}).sorted_by("type") == "descending"


def test_the_next_page_keeps_the_filters() -> None:
    """And begins behind the last row."""
    asked = AskedRepositories.of({"type": "git", "sort": "name"})
    assert asked.following(Place("tool", "7")) == {"type": "git", "after": "tool", "id": "7"}


@given(st.dictionaries(st.sampled_from(["type", "state", "sort", "q", "after", "id"]), st.text()))
def test_any_query_is_read(arguments: dict[str, str]) -> None:
    """Reading what was written asks the same."""
    asked = AskedRepositories.of(arguments)
    written = asked.following(asked.after) if asked.after else asked.query()
    assert AskedRepositories.of(written) == asked
