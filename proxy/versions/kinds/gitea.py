"""Gitea and Forgejo: versions from their API, which has the time of each push."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

from catalog.addresses import is_web_address
from catalog.reference import ImageReference
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.values import document_of, objects_of, text_of, time_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

# The largest that Gitea gives by default (MAX_RESPONSE_ITEMS); an administrator may have set less.
_PER_PAGE = 50
_MOST_PAGES = 40
_NUMBER = re.compile(r"[0-9]{1,9}")


class GiteaTags:
    """Versions by Gitea's API ("listPackages"), with the registry's user and token if there are some.

    Each manifest of an image is a version there, too, so a long list is not read to its end.
    """

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._hosts = upstreams.hosts
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("gitea-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def recognises(cls, bearer: Mapping[str, str]) -> bool:
        """Whether the challenge is Gitea's. Source: go-gitea/gitea, routers/api/packages/container/container.go."""
        return bearer.get("service") == "container_registry" and bearer.get("realm", "").endswith("/v2/token")

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        tags: list[ListedTag] = []
        read = 0
        for number in range(1, _MOST_PAGES + 1):
            answer = self._hosts.ask(reference.registry, _path(reference, number), reference.repository)
            versions = objects_of(document_of(answer.body, reference.image), reference.image)
            tags += parse_versions(versions, reference.repository)
            read += len(versions)
            if not versions or read >= _total(answer.headers):
                return ApiTags(tuple(tags), complete=True)
        return ApiTags(tuple(tags), complete=False)


def parse_versions(versions: Sequence[Mapping[str, object]], repository: str) -> Iterator[ListedTag]:
    """The tags of a repository on a page of its owner's packages.

    Source: go-gitea/gitea, modules/structs/package.go; a tag that is pushed again is a new version.
    """
    _, _, package = repository.partition("/")
    for version in versions:
        name, page = text_of(version.get("version")), version.get("html_url")
        # The filter of the request also finds packages whose names contain this one's.
        if name and ":" not in name and str(version.get("name")).lower() == package:
            yield ListedTag(
                name,
                published_at=time_of(version.get("created_at")),
                url=page if isinstance(page, str) and is_web_address(page) else None,
            )


def _path(reference: ImageReference, page: int) -> str:
    owner, _, package = reference.repository.partition("/")
    query = urlencode({"type": "container", "q": package, "page": page, "limit": _PER_PAGE})
    return f"/api/v1/packages/{quote(owner)}?{query}"


def _total(headers: Mapping[str, str]) -> int:
    text = headers.get("x-total-count", "")
    return int(text) if _NUMBER.fullmatch(text) else 0
