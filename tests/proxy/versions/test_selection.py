"""Filtering, paging and aliases."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.version_types import VersionQuery
from proxy.versions.listing import ListedTag, listing_of
from proxy.versions.selection import aliases_of, select
from tests.fakes.registry import digest_of

NAMES = st.lists(st.from_regex(r"(v?[1-9][0-9]?\.[0-9]\.[0-9]|[a-z]{1,3})", fullmatch=True), unique=True)
ALL = VersionQuery(None, None, 1, 1000, refresh=False)


@given(NAMES, st.none() | st.sampled_from(["1", "v", ".", ""]), st.none() | st.booleans(), st.integers(1, 7))
def test_pages_together_are_all_matching_tags(names: list[str], q: str | None, semver: bool | None, size: int) -> None:
    """All pages together are exactly the matching tags, in order, and each page has their number."""
    listing = listing_of(map(ListedTag, names), "version")
    whole = select(listing, dataclasses.replace(ALL, q=q, semver=semver))
    matching = {name for name in names if (not q or q in name) and (semver is None or (name.count(".") == 2) is semver)}
    assert {tag.name for tag in whole.rows} == matching
    assert whole.total == len(matching)

    pages = [
        select(listing, VersionQuery(q, semver, page, size, refresh=False)) for page in range(1, len(names) // size + 3)
    ]
    assert [tag for page in pages for tag in page.rows] == list(whole.rows)
    assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize(("q", "found"), [("rc", 2), ("RC", 2), ("Rc.1", 2), ("LATEST", 1), ("v1", 2), ("beta", 0)])
def test_case_does_not_matter_in_a_filter(q: str, found: int) -> None:
    """People write RC as they like, and so do publishers."""
    listing = listing_of(map(ListedTag, ("v1.0.0-RC.1", "V1.0.0-rc.1", "Latest", "2.0.0")), "version")
    assert select(listing, dataclasses.replace(ALL, q=q)).total == found


def test_aliases_come_from_the_list_and_the_page() -> None:
    """If the registry's list has no digests, aliases are found on the same page."""
    rows = [ListedTag("1.0.0", digest_of("1")), ListedTag("1", digest_of("1")), ListedTag("2", digest_of("2"))]
    silent = listing_of([ListedTag(name) for name in ("1.0.0", "1", "2", "3")], "version")
    telling = listing_of([ListedTag("latest", digest_of("1")), *rows], "version")

    assert aliases_of(rows[0], rows, silent) == ("1",)
    assert aliases_of(rows[0], rows[:1], telling) == ("1", "latest")
    assert aliases_of(rows[2], rows, silent) == ()
    assert aliases_of(ListedTag("3"), rows, silent) == ()
