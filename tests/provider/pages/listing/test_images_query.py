"""Tests of the query of the images page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import UnprocessableEntity

from provider.pages.listing.images_query import IMAGES_QUERY, ImagesPageQuery, page_number
from provider.ports import ImageFilter


def test_every_filter_of_the_api_is_read() -> None:
    """Spaces around a text do not count, and an empty text is no filter."""
    query = ImagesPageQuery.of(
        {"role": "base", "q": " node ", "sort": "-lastBuilt", "page": "3", "owner": "group:default/a", "dependsOn": "b"}
    )
    assert query.filter == ImageFilter(
        role="base", query="node", sort="-lastBuilt", owner="group:default/a", depends_on="b"
    )
    assert query.page == 3
    assert query.restricts
    assert ImagesPageQuery.of(dict.fromkeys(IMAGES_QUERY, "")) == ImagesPageQuery()


@pytest.mark.parametrize("spelling", ["index.docker.io", "registry-1.docker.io", "DOCKER.io", " docker.io:443 "])
def test_a_registry_may_be_written_in_any_of_its_spellings(spelling: str) -> None:
    """The page shows the one that images have."""
    assert ImagesPageQuery.of({"registry": spelling}) == ImagesPageQuery(registry="docker.io")


@pytest.mark.parametrize(("name", "value"), [("status", "fine"), ("role", "king"), ("sort", "weight")])
def test_a_value_that_no_image_can_have_is_refused(name: str, value: str) -> None:
    """A list without the filter would look filtered; the message has the possible values."""
    with pytest.raises(UnprocessableEntity, match=f"{name}: Must be one of") as refused:
        ImagesPageQuery.of({name: value})
    assert value not in str(refused.value)


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


@given(st.dictionaries(st.sampled_from(["owner", "dependsOn", "page", "q", "registry"]), st.text()))
def test_any_query_is_read(arguments: dict[str, str]) -> None:
    """The page is at least 1, and the written parameters are read as the same query."""
    query = ImagesPageQuery.of(arguments)
    assert 1 <= query.page <= 1_000_000
    written = {key: str(value) for key, value in query.parameters(page=query.page).items()}
    assert ImagesPageQuery.of(written) == query
