"""The versions of an image: one shape for all registries."""

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache

from catalog.addresses import registry_page
from catalog.reference import ImageReference
from proxy.deadline import Deadline
from proxy.errors import NotFound
from proxy.places import take_place
from proxy.version_types import Kind, Version, VersionPage, VersionQuery
from proxy.versions.details.completion import Completed, Completion
from proxy.versions.details.facts import kind_of
from proxy.versions.details.scans import with_scans
from proxy.versions.face_query import checked
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.lists import KnownList, Lists
from proxy.versions.of_kind import OfKind, select_of_kind
from proxy.versions.selection import aliases_of, select
from proxy.versions.sources import FRESH, TagPage, Upstreams

# Rows and platforms of all pages together; each takes about 400 bytes.
_ROWS_KEPT = 50_000
_IMAGES_KEPT = 10_000
_KINDS_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page, and the time until which all of its parts are fresh."""

    page: VersionPage
    until: datetime


class Versions:
    """Versions by image, and each registry's own list of tags. Safe to use from many threads.

    Args:
        upstreams: the clients of all upstreams.
        now: the time, in UTC.
    """

    def __init__(self, upstreams: Upstreams, now: Callable[[], datetime]) -> None:
        self._lists = Lists(upstreams, now)
        self._completion = Completion(upstreams.cache, upstreams.registry)
        self._now = now
        self._lock = threading.Lock()
        self._pages: LRUCache[tuple[str, VersionQuery], _Kept] = LRUCache(_ROWS_KEPT, getsizeof=_rows_of)
        self._newest: LRUCache[str, datetime] = LRUCache(_IMAGES_KEPT)
        self._kinds: LRUCache[tuple[str, str], Kind] = LRUCache(_KINDS_KEPT)
        self._patience = upstreams.patience

    def page(self, reference: ImageReference, query: VersionQuery) -> VersionPage:
        """One page of the versions in the reference's repository; its tag and digest do not matter.

        It is there within about a second: what takes longer is read in the background, and the next request has it.
        Until then the page is not complete, and shows the last known list. A list that was never read is waited for,
        see `Lists.of`. While all of its parts are fresh, the same object is returned. A row whose manifest cannot be
        read now has only the details that the list contains, and says why.

        Raises:
            StillReading: the list was never read, and takes very long.
            NoPlace: the list was never read, and this thread may not wait for another host now.
            NotFound: there is no such repository or owner, or the service may not see it.
            Refused, Unavailable, Garbage, AddressRefused: the list cannot be read, and there is no cached one.
        """
        repository = dataclasses.replace(reference, tag=None, digest=None)
        key = (repository.image, dataclasses.replace(query, refresh=False))
        if not query.refresh and (page := self._kept(key)):
            return page
        patience = Deadline.after(self._patience)
        lists = self._lists.of(repository, patience, refresh=query.refresh)
        listed = lists.listed
        chosen = self._selected(repository, listed, query, patience)
        known = self._completed(repository, chosen.selection.rows, listed, patience, refresh=query.refresh)
        completed = with_scans(lists.source, repository, known)
        page = _page(repository, lists, chosen, completed)
        self._keep(key, page, completed)
        return page

    def version(self, reference: ImageReference, tag: str, *, refresh: bool) -> Version:
        """One version with all details: also the sizes of all platforms, and what there is about the image.

        As with a page, what takes longer than about a second is `pending`.

        Args:
            reference: the repository.
            tag: its name.
            refresh: send requests even if fresh answers are cached.

        Raises:
            NotFound: the registry does not list the tag, or as `page`.
            OutsideFailure: as `page`.
        """
        repository = dataclasses.replace(reference, tag=None, digest=None)
        patience = Deadline.after(self._patience)
        lists = self._lists.of(repository, patience, refresh=refresh)
        listed = lists.listed
        row = next((each for each in listed.listing.tags if each.name == tag), None)
        if row is None:
            raise NotFound(f"{repository.image}: the registry does not list the tag {tag}; check its name")
        known = self._completed(repository, [row], listed, patience, refresh=refresh, opened=True)
        (found,) = with_scans(lists.source, repository, known)
        with self._lock:
            # The pages of the image can show what was just read.
            for key in [key for key in self._pages if key[0] == repository.image]:
                del self._pages[key]
        return _version(repository, found, aliases_of(found.row, [found.row], listed.listing))

    def tags(self, reference: ImageReference, query: Sequence[tuple[str, str]], address: str) -> TagPage:
        """One page of the repository's list of tags in its upstream's own shape.

        Args:
            reference: the repository.
            query: names and values, decoded.
            address: our own, without a query, for the links to other pages.

        Raises:
            QueryRefused: a query key or value is not allowed.
            OutsideFailure: as `page`.
            NoPlace: as `page`.
        """
        take_place()
        repository = dataclasses.replace(reference, tag=None, digest=None)
        source = self._lists.source(repository)
        return source.page(repository, checked(query, source.keys), address)

    def _selected(self, repository: ImageReference, listed: Listed, query: VersionQuery, patience: Deadline) -> OfKind:
        """The rows of the page; before that, the kinds of tags are read where only one is wanted."""
        if query.kind is None:
            return OfKind(select(listed.listing, query), (), 0)
        chosen = self._of_kind(repository, listed, query)
        if not chosen.unknown:
            return chosen
        read = self._completed(repository, chosen.unknown, listed, patience, refresh=False)
        waiting = tuple(each.row for each in read if each.pending)
        return dataclasses.replace(self._of_kind(repository, listed, query), unknown=waiting)

    def _of_kind(self, repository: ImageReference, listed: Listed, query: VersionQuery) -> OfKind:
        with self._lock:
            kinds = {tag.name: self._kinds.get((repository.image, tag.name)) for tag in listed.listing.tags}
        return select_of_kind(listed.listing, query, lambda tag: kind_of(tag) or kinds[tag.name])

    def _completed(
        self,
        repository: ImageReference,
        rows: Sequence[ListedTag],
        listed: Listed,
        patience: Deadline,
        *,
        refresh: bool,
        opened: bool = False,
    ) -> list[Completed]:
        completed = self._completion.complete(
            repository, rows, listed.listing, patience, refresh=refresh, opened=opened
        )
        with self._lock:
            self._kinds.update(
                {(repository.image, each.row.name): each.row.kind for each in completed if each.row.kind}
            )
        return completed

    def _kept(self, key: tuple[str, VersionQuery]) -> VersionPage | None:
        """A page while all of its parts are fresh, and no other page of the image is part of a newer list."""
        now = self._now()
        with self._lock:
            kept = self._pages.get(key)
            newest = self._newest.get(key[0], now)
        return kept.page if kept and newest <= kept.page.fetched_at <= now < kept.until else None

    def _keep(self, key: tuple[str, VersionQuery], page: VersionPage, completed: Sequence[Completed]) -> None:
        oldest = min([page.fetched_at, *(each.digest.fetched_at for each in completed if each.digest)])
        kept = _Kept(page, oldest + FRESH)
        final = (
            not (page.stale or page.problem)
            and page.complete
            and not page.unread
            and all(each.final for each in completed)
        )
        with self._lock:
            self._newest[key[0]] = max(page.fetched_at, self._newest.get(key[0], page.fetched_at))
            self._pages.pop(key, None)
            if final and _rows_of(kept) <= self._pages.maxsize:
                self._pages[key] = kept


def _rows_of(kept: _Kept) -> int:
    return 1 + sum(1 + len(version.platforms) for version in kept.page.items)


def _page(reference: ImageReference, known: KnownList, chosen: OfKind, completed: Sequence[Completed]) -> VersionPage:
    listed = known.listed
    rows = [each.row for each in completed]
    items = tuple(_version(reference, each, aliases_of(each.row, rows, listed.listing)) for each in completed)
    is_stale = known.reading or listed.stale or any(each.digest.problem for each in completed if each.digest)
    return VersionPage(
        items,
        chosen.selection.total,
        listed.listing.order,
        is_stale,
        listed.fetched_at,
        complete=listed.complete
        and not known.reading
        and not chosen.unknown
        and not any(each.pending for each in completed),
        unread=chosen.unread,
        problem=listed.problem,
        reading=known.reading,
    )


def _version(reference: ImageReference, completed: Completed, aliases: tuple[str, ...]) -> Version:
    row = completed.row
    return Version(
        tag=row.name,
        digest=row.digest,
        size=row.size,
        published_at=row.published_at,
        platforms=row.platforms,
        reference=str(dataclasses.replace(reference, tag=row.name, digest=row.digest)),
        url=row.url or registry_page(reference),
        aliases=aliases,
        built_at=row.built_at,
        kind=row.kind,
        signed=row.signed,
        sbom=row.sbom,
        provenance=row.provenance,
        revision=row.revision,
        source=row.source,
        version=row.version,
        problem=row.problem,
        vulnerabilities=row.vulnerabilities,
        expires_at=row.expires_at,
        activity=row.activity,
        pending=completed.pending,
    )
