"""Tests of the query of the list of repositories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import UnprocessableEntity

from provider.ports import Place
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.repositories_query import SORTS, RepositoriesPageQuery
from provider.tracker.ports import REPOSITORY_SORTS, RepositoryFilter


def test_tracker_valid_filters_are_used() -> None:
    """An empty filter is no filter."""
    query = RepositoriesPageQuery.of({"type": "git", "state": "error", "q": " lib ", "sort": "-latestDate"})
    assert query.filter == RepositoryFilter(RepositoryType.GIT, "lib", RepositoryState.ERROR, "-latestDate")
    assert RepositoriesPageQuery.of({"type": "", "state": "", "q": "", "sort": ""}) == RepositoriesPageQuery()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"type": "svn"}, "type"),
        ({"type": "GitHub"}, "type"),
        ({"state": "fine"}, "state"),
        ({"sort": "colour"}, "sort"),
        ({"sort": "--name"}, "sort"),
        ({"after": "x"}, "id"),
        ({"id": "3"}, "after"),
        ({"after": "x", "id": "y"}, "id"),
        ({"after": "x", "id": "\u0663"}, "id"),
        ({"after": "x", "id": "1" * 19}, "id"),
        ({"after": "x" * 1001, "id": "1"}, "after"),
    ],
)
def test_tracker_an_invalid_value_is_refused(arguments: dict[str, str], name: str) -> None:
    """The unfiltered list would look filtered."""
    with pytest.raises(UnprocessableEntity, match=f"Query parameter {name}: "):
        RepositoriesPageQuery.of(arguments)


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


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["", *RepositoryType]),
            "state": st.sampled_from(["", *RepositoryState]),
            "sort": st.sampled_from(["", *SORTS, *(f"-{field}" for field in SORTS)]),
            "q": st.text(),
        },
    ),
    st.none() | st.tuples(st.text(), st.from_regex(r"\A[0-9]{1,18}\Z")),
)
def test_any_valid_query_is_read(filters: dict[str, str], place: tuple[str, str] | None) -> None:
    """The written parameters are read as the same query."""
    start = {} if place is None else {"after": place[0], "id": place[1]}
    query = RepositoriesPageQuery.of(filters | start)
    written = query.next_page(query.after) if query.after else query.parameters()
    assert RepositoriesPageQuery.of(written) == query
