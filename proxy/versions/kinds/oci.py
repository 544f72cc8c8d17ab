"""Any registry: versions from its own list of tags."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from catalog.reference import ImageReference
from proxy.cache import Cached, CacheEntry, Fetched
from proxy.errors import OutsideFailure
from proxy.versions.face_query import A_TAG, UP_TO_THOUSAND, QueryKey
from proxy.versions.listing import Listed, ListedTag, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import FRESH, TagPage, Upstreams
from proxy.versions.tag_names import is_tag

_LARGEST_PAGE = 1000
# A list that broke off is read again sooner than a complete one.
_BROKEN_FRESH = timedelta(minutes=1)


class RegistryTags:
    """Versions by the distribution specification, which has names but no dates.

    The cache has one entry for each repository, with all names: registries send no etag with their lists, so caching
    single pages would save nothing.
    """

    keys: Mapping[str, QueryKey] = {"n": UP_TO_THOUSAND, "last": A_TAG}

    def __init__(self, upstreams: Upstreams) -> None:
        self._cache = upstreams.cache
        self._registry = upstreams.registry
        self._progress = upstreams.progress
        self._names: Memo[list[str]] = Memo(len)
        self._listings: Memo[Listing] = Memo(weight_of)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether this class can list that registry's tags: every registry."""
        return bool(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions, or those of the pages before the list broke off; see the protocol."""
        kept = self._kept(reference, refresh=refresh)
        listing = self._listings.get(
            reference.image, [kept.body], lambda: listing_of(map(ListedTag, _read(kept.body)), "version")
        )
        return Listed(listing, kept.fetched_at, kept.stale, _problem(kept.body))

    def names(self, reference: ImageReference, *, refresh: bool) -> tuple[list[str], Cached]:
        """All tags in the registry's order, including signatures and other attachments."""
        kept = self._kept(reference, refresh=refresh)
        return self._names.get(reference.image, [kept.body], lambda: _read(kept.body)), kept

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification ("Listing Tags"); see the protocol."""
        names, kept = self.names(reference, refresh=False)
        size = int(query.get("n", _LARGEST_PAGE))
        rest = _after(names, query.get("last"))
        here = rest[:size]
        more = here and len(rest) > size
        links = {"next": f"{address}?{urlencode({'n': size, 'last': here[-1]})}"} if more else {}
        return TagPage({"name": reference.repository, "tags": here}, links, kept.stale or bool(_problem(kept.body)))

    def _kept(self, reference: ImageReference, *, refresh: bool) -> Cached:
        def fetch(entry: CacheEntry | None) -> Fetched:
            names, failure = self._names_until_failure(reference)
            if failure is None:
                return Fetched(json.dumps(names).encode(), FRESH)
            if not names or (entry and _problem(entry.body) is None):
                # An old complete list is better than a new part of one.
                raise failure
            return Fetched(json.dumps({"tags": names, "problem": str(failure)}).encode(), _BROKEN_FRESH)

        return self._cache.get(f"tags {reference.image}", fetch, refresh=refresh)

    def _names_until_failure(self, reference: ImageReference) -> tuple[list[str], OutsideFailure | None]:
        names: list[str] = []
        with self._progress.reading(reference.image) as read:
            try:
                for name in filter(is_tag, self._registry.tags(reference)):
                    names.append(name)
                    read(1)
            except OutsideFailure as error:
                return names, error
        return names, None


def _read(body: bytes) -> list[str]:
    found: list[str] | dict[str, list[str]] = json.loads(body)
    return found if isinstance(found, list) else found["tags"]


def _problem(body: bytes) -> str | None:
    """Why the list broke off; None for a complete one, which is a list of names alone."""
    return str(json.loads(body)["problem"]) if body.startswith(b"{") else None


def _after(names: list[str], last: str | None) -> list[str]:
    """The names after `last`; if that tag no longer exists, the names that sort after it."""
    if last is None:
        return names
    if last in names:
        return names[names.index(last) + 1 :]
    return [name for name in names if name > last]
