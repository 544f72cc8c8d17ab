"""GitHub's container registry: versions from the Packages API."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import timedelta

from catalog.reference import Digest, ImageReference
from proxy.cache import Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, NotFound, OutsideFailure
from proxy.observing.event_log import EventLog
from proxy.registries.ghcr import GitHubContainerRegistry
from proxy.versions.apis.packing import pack, unpack
from proxy.versions.apis.patient_reads import PatientReads
from proxy.versions.face_query import PAGE_NUMBER, UP_TO_HUNDRED, QueryKey
from proxy.versions.freshness import oldest_of
from proxy.versions.kinds.github_packages import (
    OwnerKind,
    link_relations,
    owner_path,
    parse_owner,
    parse_versions,
    version_digests,
    versions_path,
)
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.kinds.package_pages import PackagePages
from proxy.versions.listing import Listed, ListedTag, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import TagPage, Upstreams

OWNER_FRESH = timedelta(days=1)
OLDER_FRESH = timedelta(days=1)
"""How long the older pages of a long list are used."""

RETRY_AFTER = timedelta(minutes=10)
"""How long they are used if not all of them could be read."""

_log = EventLog(__name__)
_USUAL_PAGE = 30


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
        self._pages = PackagePages(upstreams.cache, upstreams.github)
        self._reads = PatientReads(upstreams)
        self._listings: Memo[Listing] = Memo(weight_of)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is GitHub's registry."""
        return GitHubContainerRegistry.serves(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol.

        Of a long list, the newest pages are read at once, and the others in the background, once a day. Tags that are
        on no page that was read come from the registry's own list.
        """
        try:
            return self._by_api(reference, refresh=refresh)
        except OutsideFailure as failure:
            return self._by_registry(reference, failure, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page in GitHub's shape; see the protocol."""
        number, size = int(query.get("page", 1)), int(query.get("per_page", _USUAL_PAGE))
        path = versions_path(self._owner_kind(reference), reference, number, size)
        cached = self._pages.page(reference, path, refresh=False)
        try:
            document = json.loads(cached.body)
        except (ValueError, RecursionError):
            raise Garbage(f"{reference.image}: GitHub's answer is not JSON; retried later") from None
        return TagPage(document, link_relations(cached.headers.get("link", ""), address), cached.stale)

    def _by_api(self, reference: ImageReference, *, refresh: bool) -> Listed:
        kind = self._owner_kind(reference)
        newest = self._pages.newest(reference, kind, refresh=refresh)
        bodies = [page.body for page in newest.pages]
        if newest.last is None:
            listing = self._listings.get(reference.image, bodies, lambda: _listing(bodies, reference))
            return Listed(listing, *oldest_of(newest.pages))
        kept = self._older(reference, kind, bodies, newest.last)
        older = kept.body if kept else None
        names = self._names(reference, refresh=refresh)
        parts = [*bodies, older, names]
        listing = self._listings.get(reference.image, parts, lambda: _merged(bodies, older, names, reference))
        return Listed(listing, *oldest_of(newest.pages), complete=kept is not None and not kept.stale)

    def _older(self, reference: ImageReference, kind: OwnerKind, newest: list[bytes], last: int) -> Cached | None:
        """The packed tags of all pages as they were within a day; stale or None while they are being read."""

        def fetch(_: CacheEntry | None) -> Fetched:
            tags = [tag for body in newest for tag in parse_versions(body, reference.image)]
            older = self._pages.older(reference, kind, last)
            if older.failure:
                _log.info(
                    "versions_without_dates",
                    "{image}: not all versions have a date: {error}",
                    image=reference.image,
                    error=older.failure,
                )
            return Fetched(pack([*tags, *older.tags]), RETRY_AFTER if older.failure else OLDER_FRESH)

        return self._reads.get(reference.registry, f"github-package-older {reference.image}", fetch)

    def _names(self, reference: ImageReference, *, refresh: bool) -> list[str] | None:
        """The registry's own list; None if it cannot be read."""
        try:
            return self._registry.names(reference, refresh=refresh)[0]
        except OutsideFailure:
            return None

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
        _log.info(
            "versions_by_registry",
            "{image}: versions come from the registry's own list, without dates: {error}",
            image=reference.image,
            error=failure,
        )
        return listed


def _owner(reference: ImageReference) -> str:
    return reference.repository.partition("/")[0]


def _listing(bodies: list[bytes], reference: ImageReference) -> Listing:
    return listing_of((tag for body in bodies for tag in parse_versions(body, reference.image)), "published")


def _merged(newest: list[bytes], older: bytes | None, names: list[str] | None, reference: ImageReference) -> Listing:
    """One listing of the newest pages, older ones, and the registry's names.

    A tag that an older page shows, and that its version no longer has by a newer page, was moved or deleted.
    """
    tags = [tag for body in newest for tag in parse_versions(body, reference.image)]
    here = frozenset[Digest]().union(*(version_digests(body, reference.image) for body in newest))
    before = [tag for tag in unpack(older) if tag.digest not in here] if older else []
    if names is not None:
        existing = frozenset(names)
        before = [tag for tag in before if tag.name in existing]
    # `listing_of` removes duplicates; the first of a name is used.
    return listing_of([*tags, *before, *map(ListedTag, names or ())], "published")
