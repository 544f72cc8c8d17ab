"""Docker Hub: versions from its own API, which has dates, sizes and platforms."""

import json
from collections.abc import Mapping

from catalog.reference import ImageReference
from proxy.cache import CacheEntry, Fetched
from proxy.docker_hub.api import DockerHubApi
from proxy.docker_hub.tags import TagsPage
from proxy.errors import Garbage, OutsideFailure
from proxy.registries.docker_hub import DockerHub
from proxy.versions.face_query import PAGE_NUMBER, UP_TO_HUNDRED, QueryKey
from proxy.versions.kinds.hub_listing import has_dates, pack, unpack
from proxy.versions.kinds.hub_pages import HubTags, read_pages, tags_path
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import FRESH, TagPage, Upstreams
from proxy.versions.tag_names import is_tag

_USUAL_PAGE = 10


class DockerHubTags:
    """Versions at docker.io by Docker Hub's API; tags that it does not list come from the registry's own list.

    If the API fails, all tags come from there, by version and without dates. Their manifests are not read: Docker Hub
    counts each as a pull. Without the API, because a mirror serves docker.io, `RegistryTags` does everything.
    """

    def __init__(self, upstreams: Upstreams) -> None:
        self._cache = upstreams.cache
        self._api = upstreams.docker_hub
        self._registry = upstreams.registry
        self._progress = upstreams.progress
        self._by_registry = RegistryTags(upstreams)
        self._listings: Memo[Listing] = Memo(weight_of)
        by_api = {"page": PAGE_NUMBER, "page_size": UP_TO_HUNDRED}
        self.keys: Mapping[str, QueryKey] = by_api if self._api else self._by_registry.keys

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is one of Docker Hub's names."""
        return DockerHub.serves(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        api = self._api
        if api is None:
            return self._by_registry.listed(reference, refresh=refresh)
        key = f"docker-hub-tags-3 {reference.repository}"
        kept = self._cache.get(key, lambda entry: self._fetch(reference, api, entry), refresh=refresh)
        listing = self._listings.get(reference.image, [kept.body], lambda: _listing(kept.body, reference))
        return Listed(listing, kept.fetched_at, kept.stale)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page in Docker Hub's shape, with `next` and `previous` at our own address; see the protocol."""
        api = self._api
        if api is None:
            return self._by_registry.page(reference, query, address)
        number, size = int(query.get("page", 1)), int(query.get("page_size", _USUAL_PAGE))
        path = tags_path(reference, number, size)

        def fetch(_: CacheEntry | None) -> Fetched:
            return Fetched(api.ask(path).body, FRESH)

        kept = self._cache.get(f"docker-hub-page {path}", fetch)
        document = _object(kept.body, reference)
        for key, beside in (("next", number + 1), ("previous", number - 1)):
            document[key] = f"{address}?page={beside}&page_size={size}" if document.get(key) else None
        return TagPage(document, {}, kept.stale)

    def _fetch(self, reference: ImageReference, api: DockerHubApi, entry: CacheEntry | None) -> Fetched:
        try:
            hub_tags = self._read(reference, api)
        except OutsideFailure as error:
            hub_tags = HubTags((), complete=False, failure=error)
        if hub_tags.complete:
            return Fetched(pack(hub_tags.tags, ()), FRESH)
        failure = hub_tags.failure
        if failure and failure.transient and entry and has_dates(entry.body):
            # The old list with its dates is better for a short time.
            raise failure
        # `listing_of` removes duplicates.
        return Fetched(pack(hub_tags.tags, self._names(reference, failure)), FRESH)

    def _read(self, reference: ImageReference, api: DockerHubApi) -> HubTags:
        with self._progress.reading(reference.image) as read:

            def page(path: str) -> TagsPage:
                found = api.tags_page(path)
                read(len(found.tags))
                return found

            return read_pages(reference, page)

    def _names(self, reference: ImageReference, failure: OutsideFailure | None) -> list[str]:
        """The registry's own list; if it fails too, the failure of the API is the one that helps."""
        try:
            return list(filter(is_tag, self._registry.tags(reference)))
        except OutsideFailure as error:
            raise failure or error from None


def _listing(body: bytes, reference: ImageReference) -> Listing:
    return listing_of(unpack(body, reference), "published" if has_dates(body) else "version")


def _object(body: bytes, reference: ImageReference) -> dict[str, object]:
    # `from None`: the decoder's error contains the document.
    unreadable = Garbage(f"{reference.image}: Docker Hub's list of tags cannot be read; retried later")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise unreadable from None
    if not isinstance(document, dict):
        raise unreadable
    return document
