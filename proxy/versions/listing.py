"""A repository's tags as its registry lists them, in display order. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from catalog.reference import Digest
from proxy.version_types import Activity, Kind, Order, PlatformImage, Vulnerabilities
from proxy.versions.tag_names import attachment_of, is_attachment, is_semantic
from proxy.versions.tag_order import precedence

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListedTag:
    """One tag, as far as the list itself describes it.

    Attributes:
        name: the tag.
        digest: of the image that the tag points to; None if the list does not contain it.
        size: bytes that a pull of one platform transfers; None if the list does not contain it.
        published_at: in UTC; None if the list does not contain it.
        platforms: without attestations.
        url: the registry's web page for the tag.
        described: whether the list is the final source for size and platforms, so that no manifest is fetched.
        built_at, kind, signed, sbom, provenance, revision, source, version, problem, vulnerabilities, expires_at,
            activity: see `Version`; None if the list does not contain it.
    """

    name: str
    digest: Digest | None = None
    size: int | None = None
    published_at: datetime | None = None
    platforms: tuple[PlatformImage, ...] = ()
    url: str | None = None
    described: bool = False
    built_at: datetime | None = None
    kind: Kind | None = None
    signed: bool | None = None
    sbom: bool | None = None
    provenance: bool | None = None
    revision: str | None = None
    source: str | None = None
    version: str | None = None
    problem: str | None = None
    vulnerabilities: Vulnerabilities | None = None
    expires_at: datetime | None = None
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All versions of a repository.

    Attributes:
        tags: in display order, each name once, without signatures and other attachments.
        order: of the tags.
        semantic: the names that are semantic versions.
        aliases: the names of each digest in the list.
        sizes: bytes of manifests that have no tag, such as the platforms of an index, where the list contains them.
        attached: the kinds of attachments (`.sig`) by what they are about, see `tag_names.attachments_of`.
    """

    tags: tuple[ListedTag, ...]
    order: Order
    semantic: frozenset[str]
    aliases: Mapping[Digest, tuple[str, ...]]
    attached: Mapping[str, frozenset[str]]
    sizes: Mapping[Digest, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing and its age.

    Attributes:
        listing: all versions.
        fetched_at: the time of its oldest part.
        stale: the registry has not confirmed it recently.
        problem: why the list broke off, so that it is not complete; None if it is.
        complete: whether nothing of it is being read; the next request has more.
    """

    listing: Listing
    fetched_at: datetime
    stale: bool
    problem: str | None = None
    complete: bool = True


def listing_of(tags: Iterable[ListedTag], order: Order, sizes: Mapping[Digest, int] = MappingProxyType({})) -> Listing:
    """Sort tags and remove duplicates.

    `published` sorts the newest first, then by version; tags without a time come last. `version` sorts as
    `tag_order.py` says, then by name. If a name occurs twice (a list that changed during the reading), the first entry
    is used.
    """
    by_name: dict[str, ListedTag] = {}
    attached: defaultdict[str, set[str]] = defaultdict(set)
    for tag in tags:
        if is_attachment(tag.name):
            about, kind = attachment_of(tag.name)
            attached[about].add(kind)
        else:
            by_name.setdefault(tag.name, tag)
    ordered = sorted(by_name.values(), key=lambda tag: tag.name)
    ordered.sort(key=lambda tag: precedence(tag.name), reverse=True)
    if order == "published":
        ordered.sort(key=lambda tag: tag.published_at or _NEVER, reverse=True)
    semantic = frozenset(filter(is_semantic, by_name))
    kinds = {about: frozenset(found) for about, found in attached.items()}
    return Listing(tuple(ordered), order, semantic, _aliases(ordered), kinds, sizes)


def _aliases(tags: Iterable[ListedTag]) -> Mapping[Digest, tuple[str, ...]]:
    names: defaultdict[Digest, list[str]] = defaultdict(list)
    for tag in tags:
        if tag.digest:
            names[tag.digest].append(tag.name)
    return {digest: tuple(found) for digest, found in names.items()}
