"""Tests of the query of the images page."""

from hypothesis import given
from hypothesis import strategies as st

from provider.pages.images_query import ImagesPageQuery, page_number
from provider.ports import ImageFilter


def test_invalid_filters_are_ignored() -> None:
    """No address causes an error."""
    query = ImagesPageQuery.of({"role": "base", "status": "fine", "q": " node ", "sort": "-status", "page": "3"})
    assert query.filter == ImageFilter(role="base", query="node", sort="-status")
    assert query.page == 3


def test_a_second_click_on_a_column_reverses_the_order() -> None:
    """The filters are kept, and the list starts at its first page."""
    query = ImagesPageQuery.of({"role": "base", "page": "3"})
    assert query.resorted("status") == {"role": "base", "sort": "status"}
    assert ImagesPageQuery.of({"sort": "status"}).resorted("status") == {"sort": "-status"}
    assert ImagesPageQuery.of({"sort": "-status"}).sorted_by("status") == "descending"


def test_an_invalid_page_number_is_ignored() -> None:
    """Numbers that Python refuses to parse are ignored too."""
    texts = ["", "0", "007", "-1", "\u00b2", "1000001", "9" * 5000]
    assert [page_number(text) for text in texts] == [1, 1, 7, 1, 1, 1_000_000, 1_000_000]


@given(st.dictionaries(st.sampled_from(["role", "status", "sort", "page", "q", "registry"]), st.text()))
def test_any_query_is_read(arguments: dict[str, str]) -> None:
    """The page is at least 1, and the written parameters are read as the same query."""
    query = ImagesPageQuery.of(arguments)
    assert 1 <= query.page <= 1_000_000
    written = {key: str(value) for key, value in query.parameters(page=query.page).items()}
    assert ImagesPageQuery.of(written) == query
