"""The rows of one kind."""

import pytest

from proxy.version_types import Kind, VersionQuery
from proxy.versions.listing import ListedTag, listing_of
from proxy.versions.of_kind import MOST_READ, select_of_kind

KINDS: dict[str, Kind] = {"5.0.0": "image", "4.0.0": "chart", "3.0.0": "image", "1.0.0": "cache"}
LISTING = listing_of([ListedTag(name) for name in ("5.0.0", "4.0.0", "3.0.0", "2.0.0", "1.0.0", "latest")], "version")


def query(
    kind: Kind, *, q: str | None = None, semver: bool | None = None, page: int = 1, size: int = 20
) -> VersionQuery:
    """A query for one kind."""
    return VersionQuery(q, semver, page, size, refresh=False, kind=kind)


def kind_of(tag: ListedTag) -> Kind | None:
    """The known kinds."""
    return KINDS.get(tag.name)


@pytest.mark.parametrize(
    ("wanted", "rows", "total", "unread"),
    [
        (query("image"), ["5.0.0", "3.0.0"], 2, 2),
        (query("image", size=1), ["5.0.0"], 2, 2),
        (query("image", size=1, page=2), ["3.0.0"], 2, 2),
        (query("image", page=9), [], 2, 2),
        (query("chart"), ["4.0.0"], 1, 2),
        (query("artifact"), [], 0, 2),
        (query("image", semver=True), ["5.0.0", "3.0.0"], 2, 1),
        (query("image", q="5."), ["5.0.0"], 1, 0),
    ],
)
def test_rows_of_a_kind_are_selected(wanted: VersionQuery, rows: list[str], total: int, unread: int) -> None:
    """After the other filters, before the page is cut; tags of unknown kind are counted."""
    found = select_of_kind(LISTING, wanted, kind_of)
    assert ([row.name for row in found.selection.rows], found.selection.total, found.unread) == (rows, total, unread)
    assert len(found.unknown) == unread


def test_only_the_first_tags_are_read() -> None:
    """A repository can have thousands; the rest is counted."""
    listing = listing_of([ListedTag(f"1.{number}.0") for number in range(1_000)], "version")
    found = select_of_kind(listing, query("chart"), lambda _: None)
    assert (len(found.unknown), found.unread) == (MOST_READ, 1_000)
    assert found.unknown[0].name == "1.999.0"
