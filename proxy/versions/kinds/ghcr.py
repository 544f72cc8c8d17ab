"""GitHub's container registry: versions from the Packages API."""

import dataclasses
import json
import logging
from collections.abc import Mapping
from datetime import timedelta

from catalog.reference import ImageReference
from proxy.cache import Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, NotFound, OutsideFailure
from proxy.registries.ghcr import GitHubContainerRegistry
from proxy.versions.face_query import PAGE_NUMBER, UP_TO_HUNDRED, QueryKey
from proxy.versions.freshness import oldest_of
from proxy.versions.kinds.github_packages import (
    OwnerKind,
    link_relations,
    owner_path,
    parse_owner,
    parse_versions,
    versions_path,
)
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import FRESH, TagPage, Upstreams

OWNER_FRESH = timedelta(days=1)
_log = logging.getLogger(__name__)
_LARGEST_PAGE = 100
_USUAL_PAGE = 30
_MOST_PAGES = 1000


class GitHubPackages:
    """Versions at ghcr.io by GitHub's Packages API, which has dates, or by the registry's own list if that fails.

    GitHub refuses all fine-grained tokens, an App for owners who have not installed it, and answers 404 to a token
    without the scope for packages; but the registry itself may allow anonymous pulls.
    """

    keys: Mapping[str, QueryKey] = {"page": PAGE_NUMBER, "per_page": UP_TO_HUNDRED}

    def __init__(self, upstreams: Upstreams) -> None:
        self._cache = upstreams.cache
        self._github = upstreams.github
        self._registry = RegistryTags(upstreams)
        self._pages: Memo[Listing] = Memo(weight_of)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is GitHub's registry."""
        return GitHubContainerRegistry.serves(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        try:
            pages = self._all_pages(reference, refresh=refresh)
            bodies = [page.body for page in pages]
            listing = self._pages.get(reference.image, bodies, lambda: _listing(bodies, reference))
        except OutsideFailure as failure:
            return self._by_registry(reference, failure, refresh=refresh)
        return Listed(listing, *oldest_of(pages))

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page in GitHub's shape; see the protocol."""
        number, size = int(query.get("page", 1)), int(query.get("per_page", _USUAL_PAGE))
        path = versions_path(self._owner_kind(reference), reference, number, size)
        cached = self._page(reference, path, refresh=False)
        try:
            document = json.loads(cached.body)
        except (ValueError, RecursionError):
            raise Garbage(f"{reference.image}: GitHub's answer is not JSON; retried later") from None
        return TagPage(document, link_relations(cached.headers.get("link", ""), address), cached.stale)

    def _all_pages(self, reference: ImageReference, *, refresh: bool) -> list[Cached]:
        path: str | None = versions_path(self._owner_kind(reference), reference, 1, _LARGEST_PAGE)
        pages: dict[str, Cached] = {}
        while path is not None:
            if path in pages or len(pages) >= _MOST_PAGES:
                raise Garbage(f"{reference.image}: GitHub's list of package versions does not end; retried later")
            pages[path] = self._page(reference, path, refresh=refresh)
            path = self._github.next_path(pages[path].headers, reference.image)
        return list(pages.values())

    def _page(self, reference: ImageReference, path: str, *, refresh: bool) -> Cached:
        owner = _owner(reference)

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            try:
                return self._github.conditional(path, owner=owner, entry=entry, fresh_for=FRESH)
            except NotFound as error:
                raise NotFound(
                    f"{reference.image}: {owner} has no such package at GitHub, or the service's credentials may not "
                    f"read it; check the name, and that the token has read:packages"
                ) from error

        return self._cache.get(f"github-package-versions {path}", fetch, refresh=refresh)

    def _owner_kind(self, reference: ImageReference) -> OwnerKind:
        owner = _owner(reference)

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            try:
                answer = self._github.conditional(owner_path(owner), owner=owner, entry=entry, fresh_for=OWNER_FRESH)
            except NotFound as error:
                raise NotFound(
                    f"{reference.image}: GitHub has no user or organization {owner}; it was renamed or deleted: "
                    f"change the image's repository, or remove the image"
                ) from error
            if isinstance(answer, Confirmed):
                return answer
            return dataclasses.replace(answer, body=parse_owner(answer.body, owner).encode())

        kept = self._cache.get(f"github-owner {owner.lower()}", fetch)
        return "orgs" if kept.body == b"orgs" else "users"

    def _by_registry(self, reference: ImageReference, failure: OutsideFailure, *, refresh: bool) -> Listed:
        """The registry's own list; if it fails too, the failure of the API is the one that helps."""
        try:
            listed = self._registry.listed(reference, refresh=refresh)
        except OutsideFailure:
            raise failure from None
        _log.info("%s: versions come from the registry's own list, without dates: %s", reference.image, failure)
        return listed


def _owner(reference: ImageReference) -> str:
    return reference.repository.partition("/")[0]


def _listing(bodies: list[bytes], reference: ImageReference) -> Listing:
    return listing_of((tag for body in bodies for tag in parse_versions(body, reference.image)), "published")
