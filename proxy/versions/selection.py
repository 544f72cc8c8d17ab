"""Selects the requested versions of a listing, and finds the other tags of each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from proxy.version_types import VersionQuery
from proxy.versions.listing import ListedTag, Listing


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a page; `total` counts all that match."""

    rows: tuple[ListedTag, ...]
    total: int


def select(listing: Listing, query: VersionQuery) -> Selection:
    """Filter first, then cut the page, so the total is correct; a page after the end is empty.

    Upper and lower case do not matter in `q`.
    """
    found: Sequence[ListedTag] = listing.tags
    if query.semver is not None:
        found = [tag for tag in found if (tag.name in listing.semantic) is query.semver]
    if query.q:
        text = query.q.lower()
        found = [tag for tag in found if text in tag.name.lower()]
    start = (query.page - 1) * query.size
    return Selection(tuple(found[start : start + query.size]), len(found))


def aliases_of(row: ListedTag, rows: Sequence[ListedTag], listing: Listing) -> tuple[str, ...]:
    """Other tags of the row's digest, in the listing's order.

    If the list has no digests, only tags on the same page are found.

    Args:
        row: one completed row of the page.
        rows: all completed rows of the page.
        listing: the listing that the page is a part of.
    """
    if row.digest is None:
        return ()
    here = [other.name for other in rows if other.digest == row.digest]
    known = dict.fromkeys((*listing.aliases.get(row.digest, ()), *here))
    return tuple(name for name in known if name != row.name)
