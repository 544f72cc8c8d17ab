"""Quay: versions from its own API, which has the time of each push, digests and expiry."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from catalog.reference import ImageReference
from proxy.cache import CacheEntry, Fetched
from proxy.errors import OutsideFailure
from proxy.version_types import Vulnerabilities
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.patient_reads import PatientReads
from proxy.versions.apis.values import digest_of, document_of, natural_of, object_of, objects_of, text_of, time_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.kinds.quay_security import pack_security, parse_security, unpack_security
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sizes import usual_platform
from proxy.versions.sources import TagPage, Upstreams

_PER_PAGE = 100
_MOST_PAGES = 50
_SCAN_FRESH = timedelta(hours=6)
_FAILURE_FRESH = timedelta(minutes=15)


class QuayTags:
    """Versions by Quay's API ("listRepoTags"), without credentials: robot accounts may use the registry only.

    Private repositories come from the registry's own list.
    """

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._hosts = upstreams.hosts
        self._reads = PatientReads(upstreams)
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("quay-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is Red Hat's hosted Quay."""
        return host == "quay.io" or host.endswith(".quay.io")

    @classmethod
    def recognises(cls, bearer: Mapping[str, str]) -> bool:
        """Whether the challenge is that of a self-managed Quay: its token server is at /v2/auth of the same host."""
        realm, service = bearer.get("realm", ""), bearer.get("service", "")
        return bool(service) and realm.partition("://")[2] == f"{service}/v2/auth"

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def scan(self, reference: ImageReference, row: ListedTag) -> tuple[Vulnerabilities | None, bool]:
        """What Quay's scanner found; the index of several platforms is not scanned, but its images are."""
        if row.kind not in (None, "image"):
            return Vulnerabilities(applicable=False), True
        platform = usual_platform(row.platforms)
        digest = (platform.digest if platform else None) or row.digest
        if digest is None or row.published_at is None:
            # Without a time, the list is the registry's own: the API refuses.
            return None, True
        path = f"/api/v1/repository/{quote(reference.repository)}/manifest/{digest}/security?vulnerabilities=true"

        def fetch(_: CacheEntry | None) -> Fetched:
            try:
                answer = self._hosts.ask_anonymously(reference.registry, path)
                found = parse_security(answer.body, reference.image)
            except OutsideFailure:
                # As where there is no scanner: nothing is shown.
                return Fetched(pack_security(None), _FAILURE_FRESH)
            return Fetched(pack_security(found), _SCAN_FRESH if found else _FAILURE_FRESH)

        key = f"quay-security {reference.image}@{digest}"
        kept = self._reads.get(reference.registry, key, fetch, patient=False)
        return (unpack_security(kept.body), True) if kept else (None, False)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        tags: list[ListedTag] = []
        for number in range(1, _MOST_PAGES + 1):
            query = urlencode({"limit": _PER_PAGE, "page": number, "onlyActiveTags": "true"})
            path = f"/api/v1/repository/{quote(reference.repository)}/tag/?{query}"
            answer = self._hosts.ask_anonymously(reference.registry, path)
            page = object_of(document_of(answer.body, reference.image), reference.image)
            tags += parse_tags(page, reference.image)
            if page.get("has_additional") is not True:
                return ApiTags(tuple(tags), complete=True)
        return ApiTags(tuple(tags), complete=False)


def parse_tags(page: Mapping[str, object], where: object) -> Iterator[ListedTag]:
    """The tags on one page. Source: quay/quay, endpoints/api/tag.py, `_tag_dict`.

    Raises:
        Garbage: it is not a page of tags.
    """
    for tag in objects_of(page.get("tags"), where):
        if name := text_of(tag.get("name")):
            # The size of an index is that of no pull.
            size = natural_of(tag.get("size")) if tag.get("is_manifest_list") is False else None
            yield ListedTag(
                name,
                digest=digest_of(tag.get("manifest_digest")),
                size=size or None,
                published_at=time_of(tag.get("start_ts")) or time_of(tag.get("last_modified")),
                expires_at=_expiry(tag),
            )


def _expiry(tag: Mapping[str, object]) -> datetime | None:
    return time_of(tag.get("end_ts")) or time_of(tag.get("expiration"))
