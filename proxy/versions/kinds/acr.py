"""Azure Container Registry: versions from its own list of tags, which has the time of each tag's last push.

Source: Azure's REST reference ("Container Registry: Tag - Get List") and github.com/Azure/azure-sdk-for-go
`sdk/containers/azcontainerregistry/models.go` (`TagAttributes`). It needs the scope `metadata_read`, which the
registry's challenge names. Its list of manifests adds no date, and sizes only for what has one manifest.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from catalog.reference import ImageReference
from proxy.cloud.acr import is_azure_registry
from proxy.http.next_page import next_page
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.values import digest_of, document_of, object_of, objects_of, text_of, time_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

_PER_PAGE = 100
_MOST_PAGES = 50


class AzureTags:
    """Versions at Azure's registries, the newest first."""

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._hosts = upstreams.hosts
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("acr-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is one of Azure's registries."""
        return is_azure_registry(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        tags: list[ListedTag] = []
        # The newest first: of a list that is too long the oldest have no date.
        query = urlencode({"n": _PER_PAGE, "orderby": "timedesc"})
        path: str | None = f"/acr/v1/{quote(reference.repository)}/_tags?{query}"
        requested: set[str] = set()
        while path is not None:
            if path in requested or len(requested) == _MOST_PAGES:
                return ApiTags(tuple(tags), complete=False)
            requested.add(path)
            answer = self._hosts.ask_with_tokens(reference, path)
            tags += parse_tags(answer.body, reference.image)
            path = next_page(answer, reference.image)
        return ApiTags(tuple(tags), complete=True)


def parse_tags(body: bytes, where: object) -> Iterator[ListedTag]:
    """The tags on one page.

    Raises:
        Garbage: it is not a page of tags.
    """
    document = object_of(document_of(body, where), where)
    # An empty page has no list.
    for tag in objects_of(document.get("tags") or [], where):
        if name := text_of(tag.get("name")):
            yield ListedTag(
                name,
                digest=digest_of(tag.get("digest")),
                published_at=time_of(tag.get("lastUpdateTime")) or time_of(tag.get("createdTime")),
            )
