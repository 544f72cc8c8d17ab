"""Harbor: versions from its own API, which has the time of each push, signatures and found vulnerabilities."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from catalog.reference import ImageReference
from proxy.version_types import Kind, PlatformImage, Vulnerabilities
from proxy.versions.apis.api_listing import ApiListing, ApiTags
from proxy.versions.apis.values import (
    digest_of,
    document_of,
    inside,
    natural_of,
    objects_in,
    objects_of,
    text_of,
    time_of,
)
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag
from proxy.versions.sources import TagPage, Upstreams

_PER_PAGE = 100
_MOST_PAGES = 50
_IMAGE, _CHART = "IMAGE", "CHART"
_KINDS: Mapping[str, Kind] = {_IMAGE: "image", _CHART: "chart"}
_LABEL = "org.opencontainers.image."


class HarborTags:
    """Versions by Harbor's API ("listArtifacts"), with the registry's robot account if there is one.

    A robot account needs the permission to list artifacts; without it, public projects are read without credentials.
    """

    keys = RegistryTags.keys

    def __init__(self, upstreams: Upstreams) -> None:
        self._hosts = upstreams.hosts
        self._by_registry = RegistryTags(upstreams)
        self._listing = ApiListing("harbor-tags", upstreams, self._by_registry, self._read)

    @classmethod
    def recognises(cls, bearer: Mapping[str, str]) -> bool:
        """Whether the challenge is Harbor's: its token service has always the same name."""
        return bearer.get("service") == "harbor-registry"

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; see the protocol."""
        return self._listing.listed(reference, refresh=refresh)

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page by the distribution specification; see the protocol."""
        return self._by_registry.page(reference, query, address)

    def _read(self, reference: ImageReference) -> ApiTags:
        tags: list[ListedTag] = []
        for number in range(1, _MOST_PAGES + 1):
            path = artifacts_path(reference.repository, number)
            answer = self._hosts.ask(reference.registry, path, reference.repository)
            artifacts = objects_of(document_of(answer.body, reference.image), reference.image)
            tags += (tag for artifact in artifacts for tag in parse_artifact(artifact))
            if len(artifacts) < _PER_PAGE:
                return ApiTags(tuple(tags), complete=True)
        return ApiTags(tuple(tags), complete=False)


def artifacts_path(repository: str, page: int) -> str:
    """The path of a page of artifacts that have tags; slashes within a repository's name are encoded twice."""
    project, _, name = repository.partition("/")
    flags = {"with_tag": "true", "with_scan_overview": "true", "with_accessory": "true"}
    query = urlencode({"q": "tags=*", "page": page, "page_size": _PER_PAGE, **flags})
    return f"/api/v2.0/projects/{quote(project)}/repositories/{quote(quote(name, safe=''), safe='')}/artifacts?{query}"


def parse_artifact(artifact: Mapping[str, object]) -> Iterator[ListedTag]:
    """The tags of an artifact. Source: goharbor/harbor, api/v2.0/swagger.yaml, `Artifact`."""
    platforms = tuple(_platforms(artifact))
    is_index = artifact.get("references") not in (None, [])
    accessories = [str(each.get("type")) for each in objects_in(artifact.get("accessories"))]
    labels = inside(artifact, "extra_attrs", "config", "Labels")
    for tag in objects_in(artifact.get("tags")):
        if name := text_of(tag.get("name")):
            yield ListedTag(
                name,
                digest=digest_of(artifact.get("digest")),
                # The size of an index is that of all its children.
                size=None if is_index else natural_of(artifact.get("size")),
                published_at=time_of(tag.get("push_time")) or time_of(artifact.get("push_time")),
                platforms=platforms,
                built_at=time_of(inside(artifact, "extra_attrs", "created")),
                kind=_KINDS.get(str(artifact.get("type"))),
                signed=any(kind.startswith("signature.") for kind in accessories),
                sbom=True if "sbom.harbor" in accessories else None,
                revision=text_of(inside(labels, f"{_LABEL}revision")),
                source=text_of(inside(labels, f"{_LABEL}source")),
                version=text_of(inside(labels, f"{_LABEL}version")),
                vulnerabilities=_vulnerabilities(artifact),
            )


def _platforms(artifact: Mapping[str, object]) -> Iterator[PlatformImage]:
    for child in objects_in(artifact.get("references")):
        if platform := _platform(child.get("platform"), child.get("child_digest"), None):
            yield platform
    size = natural_of(artifact.get("size"))
    if platform := _platform(artifact.get("extra_attrs"), artifact.get("digest"), size):
        yield platform


def _platform(value: object, digest: object, size: int | None) -> PlatformImage | None:
    system, architecture = text_of(inside(value, "os")), text_of(inside(value, "architecture"))
    # An attestation is a child of an unknown system.
    if not system or not architecture or "unknown" in (system, architecture):
        return None
    variant, version = text_of(inside(value, "variant")), text_of(inside(value, "os.version"))
    return PlatformImage(system, architecture, variant, digest_of(digest), size, version)


def _vulnerabilities(artifact: Mapping[str, object]) -> Vulnerabilities | None:
    """The counts of the last scan that succeeded; None if there was none. Scanners read images only."""
    if text_of(artifact.get("type")) not in (None, _IMAGE):
        return Vulnerabilities(applicable=False)
    overview = artifact.get("scan_overview")
    reports = overview.values() if isinstance(overview, dict) else ()
    for report in reports:
        counts = inside(report, "summary", "summary")
        if inside(report, "scan_status") == "Success" and isinstance(counts, dict):
            found = {str(severity).lower(): natural_of(number) or 0 for severity, number in counts.items()}
            critical, high, medium, low = (found.pop(name, 0) for name in ("critical", "high", "medium", "low"))
            return Vulnerabilities(critical, high, medium, low, unrated=sum(found.values()))
    return None
