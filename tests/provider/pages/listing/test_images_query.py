"""Tests of the query of the images page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import UnprocessableEntity

from provider.pages.listing.images_query import COLUMNS, IMAGES_QUERY, ImagesPageQuery, page_number
from provider.pages.listing.search import Meaning, SearchKind, as_text
from provider.ports import ImageFilter


def test_every_filter_of_the_api_is_read() -> None:
    """Spaces around a text do not count, and an empty text is no filter."""
    query = ImagesPageQuery.of(
        {
            "role": "base",
            "status": "failed, error,failed",
            "q": " node ",
            "sort": "-lastBuilt",
            "page": "3",
            "owner": "group:default/a, user:default/b,",
            "criticality": "high",
            "behind": "false",
            "dependsOn": "b",
        }
    )
    assert query.filter(as_text("node"), query.owners) == ImageFilter(
        role="base",
        status=("failed", "error"),
        query="node",
        sort="-lastBuilt",
        owner=("group:default/a", "user:default/b"),
        criticality="high",
        behind=False,
        depends_on="b",
    )
    assert query.page == 3
    assert query.restricts
    assert ImagesPageQuery.of(dict.fromkeys(IMAGES_QUERY, "")) == ImagesPageQuery()
    assert ImagesPageQuery().filter(None, ()) == ImageFilter(owner=(), status=(), sort="attention")


@pytest.mark.parametrize("name", ["role", "status", "registry", "owner", "criticality", "behind", "mine", "q"])
def test_each_filter_restricts(name: str) -> None:
    """Then the page offers to clear the filters."""
    values = {"role": "base", "status": "due", "criticality": "low", "behind": "true", "mine": "true"}
    assert ImagesPageQuery.of({name: values.get(name, "x")}).restricts


def test_through_other_images_goes_only_what_can() -> None:
    """A digest, a reference and the name of an image; of a text it would mean nothing."""
    query = ImagesPageQuery.of({"q": "abc", "transitive": "true"})

    assert query.filter(Meaning(SearchKind.NAME, "abc"), ()).transitive
    assert not query.filter(as_text("abc"), ()).transitive
    assert not ImagesPageQuery.of({"transitive": "true"}).transitive


@pytest.mark.parametrize(
    ("meaning", "parameter"),
    [
        (Meaning(SearchKind.DIGEST, "sha256:0123456789ab"), "digest"),
        (Meaning(SearchKind.REFERENCE, "docker.io/library/node:22"), "reference"),
        (Meaning(SearchKind.REPOSITORY, "docker.io/library/node"), "reference"),
        (Meaning(SearchKind.NAME, "node-22"), "uses"),
        (Meaning(SearchKind.CVE, "CVE-2026-12345"), "cve"),
        (as_text("node"), "q"),
    ],
)
def test_the_list_is_exported_with_the_filters_of_the_api(meaning: Meaning, parameter: str) -> None:
    """The search as it was understood, in the order of the page."""
    query = ImagesPageQuery.of({"q": "x", "transitive": "true", "status": "due", "page": "4", "mine": "true"})
    export = query.exported(meaning, query.filter(meaning, ["group:default/a"]))

    assert export.pop(parameter) == meaning.value
    through = {"transitive": "true"} if meaning.goes_through else {}
    assert export == {"status": "due", "owner": "group:default/a", "sort": "attention", "format": "csv", **through}


@pytest.mark.parametrize("spelling", ["index.docker.io", "registry-1.docker.io", "DOCKER.io", " docker.io:443 "])
def test_a_registry_may_be_written_in_any_of_its_spellings(spelling: str) -> None:
    """The page shows the one that images have."""
    assert ImagesPageQuery.of({"registry": spelling}) == ImagesPageQuery(registry="docker.io")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "fine"),
        ("status", "due,fine"),
        ("role", "king"),
        ("sort", "weight"),
        ("behind", "maybe"),
        ("mine", "yes"),
        ("criticality", "urgent"),
        ("as", "digest"),
    ],
)
def test_a_value_that_no_image_can_have_is_refused(name: str, value: str) -> None:
    """A list without the filter would look filtered; the message has the possible values."""
    with pytest.raises(UnprocessableEntity, match=f"{name}: Must be one of") as refused:
        ImagesPageQuery.of({name: value})
    assert value.rpartition(",")[2] not in str(refused.value)


def test_a_second_click_on_a_column_reverses_the_order() -> None:
    """The filters are kept, and the list starts at its first page."""
    query = ImagesPageQuery.of({"role": "base", "page": "3"})
    assert query.resorted("status") == {"role": "base", "sort": "status"}
    assert ImagesPageQuery.of({"sort": "status"}).resorted("status") == {"sort": "-status"}
    assert ImagesPageQuery.of({"sort": "-status"}).sorted_by("status") == "descending"
    assert ImagesPageQuery().resorted("lastUpdated") == {"sort": "-lastUpdated"}
    assert ImagesPageQuery.of({"sort": "-lastUpdated"}).resorted("lastUpdated") == {"sort": "lastUpdated"}
    assert {ImagesPageQuery().sorted_by(field) for field in COLUMNS} == {"none"}


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
