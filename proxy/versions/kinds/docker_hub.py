"""Docker Hub: versions from its own API, which has dates, sizes and platforms."""

import json
from collections.abc import Mapping

from catalog.reference import ImageReference
from proxy.cache import CacheEntry, Fetched
from proxy.errors import Garbage
from proxy.registries.docker_hub import DockerHub
from proxy.versions.face_query import PAGE_NUMBER, UP_TO_HUNDRED, QueryKey
from proxy.versions.kinds.hub_listing import pack, unpack
from proxy.versions.kinds.hub_pages import read_pages, tags_path
from proxy.versions.listing import Listed, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import FRESH, TagPage, Upstreams
from proxy.versions.tag_names import is_tag

_USUAL_PAGE = 10


class DockerHubTags:
    """Versions at docker.io by Docker Hub's API; tags that it does not list come from the registry's own list."""

    keys: Mapping[str, QueryKey] = {"page": PAGE_NUMBER, "page_size": UP_TO_HUNDRED}

    def __init__(self, upstreams: Upstreams) -> None:
        self._cache = upstreams.cache
        self._api = upstreams.docker_hub
        self._registry = upstreams.registry
        self._listings: Memo[Listing] = Memo(weight_of)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is one of Docker Hub's names."""
        return DockerHub.serves(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        kept = self._cache.get(
            f"docker-hub-tags-2 {reference.repository}", lambda _: self._fetch(reference), refresh=refresh
        )
        listing = self._listings.get(
            reference.image, [kept.body], lambda: listing_of(unpack(kept.body, reference), "published")
        )
        return Listed(listing, kept.fetched_at, kept.stale)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page in Docker Hub's shape, with `next` and `previous` at our own address; see the protocol."""
        number, size = int(query.get("page", 1)), int(query.get("page_size", _USUAL_PAGE))
        path = tags_path(reference, number, size)

        def fetch(_: CacheEntry | None) -> Fetched:
            return Fetched(self._api.ask(path).body, FRESH)

        kept = self._cache.get(f"docker-hub-page {path}", fetch)
        document = _object(kept.body, reference)
        for key, beside in (("next", number + 1), ("previous", number - 1)):
            document[key] = f"{address}?page={beside}&page_size={size}" if document.get(key) else None
        return TagPage(document, {}, kept.stale)

    def _fetch(self, reference: ImageReference) -> Fetched:
        hub_tags = read_pages(reference, self._api.tags_page)
        # `listing_of` removes duplicates.
        others = [] if hub_tags.complete else filter(is_tag, self._registry.tags(reference))
        return Fetched(pack(hub_tags.tags, others), FRESH)


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
