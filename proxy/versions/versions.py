"""The versions of an image: one shape for all registries."""

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache

from catalog.addresses import registry_page
from catalog.reference import ImageReference
from proxy.version_types import Version, VersionPage, VersionQuery
from proxy.versions.completion import Completed, Completion
from proxy.versions.face_query import checked
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.selection import Selection, aliases_of, select
from proxy.versions.sources import FRESH, TagPage, Upstreams, VersionSource
from proxy.versions.table import VERSION_SOURCES

# Rows and platforms of all pages together; each takes about 400 bytes.
_ROWS_KEPT = 50_000
_IMAGES_KEPT = 10_000


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
        self._sources = [(kind, kind(upstreams)) for kind in VERSION_SOURCES]
        self._completion = Completion(upstreams.cache, upstreams.registry)
        self._now = now
        self._lock = threading.Lock()
        self._pages: LRUCache[tuple[str, VersionQuery], _Kept] = LRUCache(_ROWS_KEPT, getsizeof=_rows_of)
        self._newest: LRUCache[str, datetime] = LRUCache(_IMAGES_KEPT)

    def page(self, reference: ImageReference, query: VersionQuery) -> VersionPage:
        """One page of the versions in the reference's repository; its tag and digest do not matter.

        While all of its parts are fresh, the same object is returned. A row whose manifest cannot be read now has only
        the details that the list contains.

        Raises:
            NotFound: there is no such repository or owner, or the service may not see it.
            Refused, Unavailable, Garbage, AddressRefused: the list cannot be read, and there is no cached one.
        """
        repository = dataclasses.replace(reference, tag=None, digest=None)
        key = (repository.image, dataclasses.replace(query, refresh=False))
        if not query.refresh and (page := self._kept(key)):
            return page
        listed = self._source(repository).listed(repository, refresh=query.refresh)
        selection = select(listed.listing, query)
        completed = self._completion.complete(repository, selection.rows, refresh=query.refresh)
        page = _page(repository, listed, selection, completed)
        self._keep(key, page, completed)
        return page

    def tags(self, reference: ImageReference, query: Sequence[tuple[str, str]], address: str) -> TagPage:
        """One page of the repository's list of tags in its upstream's own shape.

        Args:
            reference: the repository.
            query: names and values, decoded.
            address: our own, without a query, for the links to other pages.

        Raises:
            QueryRefused: a query key or value is not allowed.
            OutsideFailure: as `page`.
        """
        repository = dataclasses.replace(reference, tag=None, digest=None)
        source = self._source(repository)
        return source.page(repository, checked(query, source.keys), address)

    def _source(self, reference: ImageReference) -> VersionSource:
        return next(source for kind, source in self._sources if kind.serves(reference.registry))

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
        final = not page.stale and all(each.final for each in completed)
        with self._lock:
            self._newest[key[0]] = max(page.fetched_at, self._newest.get(key[0], page.fetched_at))
            self._pages.pop(key, None)
            if final and _rows_of(kept) <= self._pages.maxsize:
                self._pages[key] = kept


def _rows_of(kept: _Kept) -> int:
    return 1 + sum(1 + len(version.platforms) for version in kept.page.items)


def _page(
    reference: ImageReference, listed: Listed, selection: Selection, completed: Sequence[Completed]
) -> VersionPage:
    rows = [each.row for each in completed]
    items = tuple(_version(reference, row, aliases_of(row, rows, listed.listing)) for row in rows)
    stale = listed.stale or any(each.digest.stale for each in completed if each.digest)
    return VersionPage(items, selection.total, listed.listing.order, stale, listed.fetched_at)


def _version(reference: ImageReference, row: ListedTag, aliases: tuple[str, ...]) -> Version:
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
    )
