"""Google's registries: versions from `manifest` in their answer to tags/list, which has the times of uploads.

Source: github.com/google/go-containerregistry `pkg/v1/google/list.go` (`rawManifestInfo`): `manifest` maps digests to
`tag`, `mediaType`, `timeUploadedMs`, `timeCreatedMs` and `imageSizeBytes`; numbers are texts, except that Artifact
Registry sends `timeUploadedMs` as a number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.reference import Digest, ImageReference
from proxy.cloud.gar import is_google_registry
from proxy.errors import Garbage
from proxy.http.next_page import next_link
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.values import digest_of, document_of, natural_of, object_of, text_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

# The whole list comes at once, with every manifest: each has 400 bytes.
_LIMIT = 32 * 1024 * 1024
_INDEXES = frozenset(
    {"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"}
)


class GoogleTags:
    """Versions at Artifact Registry and `gcr.io`."""

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._hosts = upstreams.hosts
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("google-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is one of Google's registries."""
        return is_google_registry(host)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        # Without `n`, which would cut the list of tags and not the manifests.
        answer = self._hosts.ask_with_tokens(reference, f"/v2/{reference.repository}/tags/list", limit=_LIMIT)
        found = parse_list(answer.body, reference.image)
        complete = next_link(answer) is None and found.names <= {tag.name for tag in found.dated}
        return ApiTags(found.dated, complete, found.sizes)


@dataclass(frozen=True, slots=True)
class GoogleList:
    """Google's answer to tags/list.

    Attributes:
        dated: the tags of the manifests.
        names: those of all tags.
        sizes: of manifests without tags: the platforms of indexes.
    """

    dated: tuple[ListedTag, ...]
    names: frozenset[str]
    sizes: Mapping[Digest, int]


def parse_list(body: bytes, where: object) -> GoogleList:
    """Parse the list.

    Raises:
        Garbage: it has no manifests, as the list of any other registry.
    """
    document = object_of(document_of(body, where), where)
    manifests = document.get("manifest")
    if not isinstance(manifests, dict):
        raise Garbage(f"{where}: the list of tags has no manifests; retried later")
    names = document.get("tags")
    listed = frozenset(filter(None, map(text_of, names))) if isinstance(names, list) else frozenset()
    dated = tuple(tag for digest, entry in manifests.items() for tag in _tags(digest, entry))
    return GoogleList(dated, listed, dict(_sizes(manifests)))


def _sizes(manifests: Mapping[str, object]) -> Iterator[tuple[Digest, int]]:
    for text, entry in manifests.items():
        digest = digest_of(text)
        if digest is None or not isinstance(entry, dict) or entry.get("tag") or entry.get("mediaType") in _INDEXES:
            continue
        if size := _number(entry.get("imageSizeBytes")):
            yield digest, size


def _tags(digest: object, entry: object) -> Iterator[ListedTag]:
    names = entry.get("tag") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(names, list):
        return
    index = entry.get("mediaType") in _INDEXES
    for name in filter(None, map(text_of, names)):
        yield ListedTag(
            name,
            digest=digest_of(digest),
            size=_number(entry.get("imageSizeBytes")) or None if not index else None,
            published_at=_time(entry.get("timeUploadedMs")),
            built_at=_time(entry.get("timeCreatedMs")),
        )


def _number(value: object) -> int | None:
    """A number, or a text of digits."""
    return int(value) if isinstance(value, str) and value.isdecimal() and value.isascii() else natural_of(value)


def _time(value: object) -> datetime | None:
    """Milliseconds since 1970; 0 means that there is no time, as for reproducible builds."""
    milliseconds = _number(value)
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None
