"""A repository's tags as its registry lists them, in the order of display. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.reference import Digest
from proxy.version_types import Order, PlatformImage
from proxy.versions.tag_names import is_attachment, is_semantic, precedence

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListedTag:
    """One tag, as far as the list itself describes it.

    Attributes:
        name: the tag.
        digest: what it points to; None where the list does not say.
        size: bytes that a pull of one platform transfers; None where the list does not say.
        published_at: in UTC; None where the list does not say.
        platforms: without attestations.
        url: the registry's page about it.
        described: whether the list's word on size and platforms is the last one, so that no manifest is fetched.
    """

    name: str
    digest: Digest | None = None
    size: int | None = None
    published_at: datetime | None = None
    platforms: tuple[PlatformImage, ...] = ()
    url: str | None = None
    described: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """All versions of a repository.

    Attributes:
        tags: in the order in which they are shown, each name once, without signatures and the like.
        order: what that order is.
        semantic: the names that are semantic versions.
        aliases: the names of each digest in the list.
    """

    tags: tuple[ListedTag, ...]
    order: Order
    semantic: frozenset[str]
    aliases: Mapping[Digest, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing, and how old it is; `fetched_at` is the oldest part's."""

    listing: Listing
    fetched_at: datetime
    stale: bool


def listing_of(tags: Iterable[ListedTag], order: Order) -> Listing:
    """Put tags in order.

    `published` is the newest first; tags of the same time, and after them those without one, are by version. `version`
    is the highest first, then by name. Of a name that comes twice (a list that moved while it was read) the first
    counts.
    """
    by_name: dict[str, ListedTag] = {}
    for tag in tags:
        if not is_attachment(tag.name):
            by_name.setdefault(tag.name, tag)
    ordered = sorted(by_name.values(), key=lambda tag: tag.name)
    ordered.sort(key=lambda tag: precedence(tag.name), reverse=True)
    if order == "published":
        ordered.sort(key=lambda tag: tag.published_at or _NEVER, reverse=True)
    return Listing(tuple(ordered), order, frozenset(filter(is_semantic, by_name)), _aliases(ordered))


def _aliases(tags: Iterable[ListedTag]) -> Mapping[Digest, tuple[str, ...]]:
    names: defaultdict[Digest, list[str]] = defaultdict(list)
    for tag in tags:
        if tag.digest:
            names[tag.digest].append(tag.name)
    return {digest: tuple(found) for digest, found in names.items()}
