"""Pages of a tag list, as hosted registries return them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote


class TagOrder(Enum):
    """The order in which a registry lists tags."""

    PUSHED = "pushed"
    """Oldest first; pushing a tag again does not move it. GHCR does so (renovatebot/renovate#36103)."""
    NAME = "name"
    """Lexical, as the distribution specification requires."""


@dataclass(frozen=True, slots=True)
class TagPage:
    """One page, and the query of the next; None on the last."""

    tags: tuple[str, ...]
    next_query: str | None


def in_order(tags: Sequence[str], order: TagOrder, pushed: Mapping[str, int]) -> list[str]:
    """Tags in the registry's order; tags of unknown age come last, by name."""
    by_name = sorted(tags)
    if order is TagOrder.NAME:
        return by_name
    return sorted(by_name, key=lambda tag: pushed.get(tag, len(pushed)))


def page_of(ordered: Sequence[str], last: str | None, size: int) -> TagPage:
    """The page after the tag `last`; if it does not exist, after its place by name."""
    if last is None:
        rest = list(ordered)
    elif last in ordered:
        rest = list(ordered[ordered.index(last) + 1 :])
    else:
        rest = [tag for tag in ordered if tag > last]
    page = tuple(rest[:size])
    more = page and len(rest) > size
    return TagPage(page, f"last={quote(page[-1])}&n={size}" if more else None)
