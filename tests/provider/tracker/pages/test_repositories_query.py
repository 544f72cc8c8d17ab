"""Tests of the query of the list of repositories."""

from hypothesis import given
from hypothesis import strategies as st

from provider.ports import Place
from provider.tracker.decisions.repository import RepositoryState, RepositoryType
from provider.tracker.pages.repositories_query import SORTS, RepositoriesPageQuery
from provider.tracker.ports import REPOSITORY_SORTS, RepositoryFilter


def test_tracker_valid_filters_are_used_and_invalid_ones_ignored() -> None:
    """An invalid filter is ignored, never an error."""
    query = RepositoriesPageQuery.of({"type": "git", "state": "error", "q": " lib ", "sort": "-latestDate"})
    assert query.filter == RepositoryFilter(RepositoryType.GIT, "lib", RepositoryState.ERROR, "-latestDate")
    assert RepositoriesPageQuery.of({"type": "svn", "state": "fine", "sort": "colour", "after": "x", "id": "y"}) == (
        RepositoriesPageQuery()
    )


def test_tracker_every_column_sorts() -> None:
    """Each column that the store can sort by sorts in both directions."""
    assert set(SORTS) == set(REPOSITORY_SORTS)
    query = RepositoriesPageQuery.of({"q": "x", "after": "k", "id": "3"})
    assert query.resorted("type") == {"q": "x", "sort": "type"}
    assert RepositoriesPageQuery.of({"sort": "type"}).resorted("type") == {"sort": "-type"}
    assert RepositoriesPageQuery.of({"sort": "-name"}).resorted("name") == {}
    assert query.resorted("name") == {"q": "x", "sort": "-name"}
    assert RepositoriesPageQuery.of({"sort": "-type"}).sorted_by("type") == "descending"


def test_the_next_page_keeps_the_filters() -> None:
    """The next page begins after the last row."""
    query = RepositoriesPageQuery.of({"type": "git", "sort": "name"})
    assert query.next_page(Place("tool", "7")) == {"type": "git", "after": "tool", "id": "7"}


@given(st.dictionaries(st.sampled_from(["type", "state", "sort", "q", "after", "id"]), st.text()))
def test_any_query_is_read(arguments: dict[str, str]) -> None:
    """The written parameters are read as the same query."""
    query = RepositoriesPageQuery.of(arguments)
    written = query.next_page(query.after) if query.after else query.parameters()
    assert RepositoriesPageQuery.of(written) == query
