"""Amazon ECR: versions from DescribeImages, which has push times, sizes and the findings of basic scans.

Source: botocore's model `ecr/2015-09-21` (`ImageDetail`, `ImageScanFindingsSummary`, `FindingSeverity`).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from catalog.reference import ImageReference
from proxy.cloud.ecr import PUBLIC_HOSTS, amazon_registry
from proxy.cloud.ecr_images import described_images
from proxy.version_types import Vulnerabilities
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.values import digest_of, inside, natural_of, text_of
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

_MOST_PAGES = 50
_SINGLE = frozenset(
    {"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"}
)


class AmazonTags:
    """Versions of private repositories at ECR; without an identity of Amazon, by the registry's own list."""

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._clients = upstreams.amazon
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("ecr-images", upstreams, self._by_registry, self._read)

    @classmethod
    def serves(cls, host: str) -> bool:
        """Whether the host is a private registry at ECR: the public one describes images to their owners only."""
        return host not in PUBLIC_HOSTS and amazon_registry(host) is not None

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        tags: list[ListedTag] = []
        for number, page in enumerate(described_images(self._clients, reference.registry, reference.repository)):
            if number == _MOST_PAGES:
                return ApiTags(tuple(tags), complete=False)
            tags += (tag for image in page for tag in tags_of(image))
        return ApiTags(tuple(tags), complete=True)


def tags_of(image: Mapping[str, object]) -> Iterator[ListedTag]:
    """The tags of one `ImageDetail`, as botocore has parsed it."""
    pushed = image.get("imagePushedAt")
    # The size of an index is that of its largest platform.
    single = image.get("imageManifestMediaType") in _SINGLE
    names = image.get("imageTags")
    for name in names if isinstance(names, list) else ():
        if text := text_of(name):
            yield ListedTag(
                text,
                digest=digest_of(image.get("imageDigest")),
                size=natural_of(image.get("imageSizeInBytes")) if single else None,
                published_at=pushed.astimezone(UTC) if isinstance(pushed, datetime) else None,
                vulnerabilities=_vulnerabilities(image),
            )


def _vulnerabilities(image: Mapping[str, object]) -> Vulnerabilities | None:
    counts = inside(image, "imageScanFindingsSummary", "findingSeverityCounts")
    if not isinstance(counts, dict):
        return None
    by_severity = {str(severity): natural_of(count) or 0 for severity, count in counts.items()}
    return Vulnerabilities(
        critical=by_severity.get("CRITICAL", 0),
        high=by_severity.get("HIGH", 0),
        medium=by_severity.get("MEDIUM", 0),
        low=by_severity.get("LOW", 0),
        unrated=by_severity.get("INFORMATIONAL", 0) + by_severity.get("UNDEFINED", 0) + by_severity.get("UNTRIAGED", 0),
    )
