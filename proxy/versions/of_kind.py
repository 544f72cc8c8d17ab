"""Selects the rows of one kind of a listing, as far as kinds are known. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from proxy.version_types import Kind, VersionQuery
from proxy.versions.listing import ListedTag, Listing
from proxy.versions.selection import Selection, select

MOST_READ = 200
"""So many tags of a list, the first ones, are read to learn their kind: a list can have thousands."""


@dataclass(frozen=True, slots=True)
class OfKind:
    """The rows of a page, and what is not known.

    Attributes:
        unknown: the tags that match the other filters, and whose kind is to be read.
        unread: the number of all tags that match the other filters, and whose kind is not known.
    """

    selection: Selection
    unknown: tuple[ListedTag, ...]
    unread: int


def select_of_kind(listing: Listing, query: VersionQuery, kind_of: Callable[[ListedTag], Kind | None]) -> OfKind:
    """Filter by everything else first, then by kind, then cut the page."""
    everything = replace(query, page=1, size=max(1, len(listing.tags)))
    known = [(tag, kind_of(tag)) for tag in select(listing, everything).rows]
    found = [tag for tag, kind in known if kind == query.kind]
    to_read = tuple(tag for tag, kind in known[:MOST_READ] if kind is None)
    start = (query.page - 1) * query.size
    selection = Selection(tuple(found[start : start + query.size]), len(found))
    return OfKind(selection, to_read, sum(kind is None for _, kind in known))
