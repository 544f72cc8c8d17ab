"""GET /api/v1/images/NAME/versions and /api/v1/images/NAME/versions/TAG."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog.addresses import Sites
from catalog.image import Image
from catalog.reference import ImageReference
from provider.api.answers.fast_answers import keep_for
from provider.api.answers.own_digests import OwnDigests
from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.source_links import revision_link, source_link
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES, upstream_failure
from provider.api.images import found
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.versions import RefreshQuery, VersionPageSchema, VersionSchema, VersionsQuery
from provider.api.upstreams import RegistryUpstream
from provider.ports import ImageIndex, Place
from proxy.errors import OutsideFailure
from proxy.version_types import Version, VersionPage, VersionQuery

_LONGEST_NUMBER = 9
# Long enough to serve many readers at once, short enough that a removed image disappears quickly.
_KEPT_SECONDS = 1.0


def versions_resources(
    index: ImageIndex, registries: RegistryUpstream, now: Callable[[], datetime], sites: Sites
) -> Any:
    """The blueprint for the versions of an image; `sites` are GitHub and GitLab, for links to sources."""
    resources = ReadingBlueprint("versions", "Versions of images in their registries")

    @resources.get("/api/v1/images/<name>/versions", VersionPageSchema, VersionsQuery, UPSTREAM_FAILURES)
    def list_versions(query: Mapping[str, Any], name: str) -> tuple[PageDocument, dict[str, str]]:
        """List the versions of an image.

        Returns the tags of the image in its registry, the newest first; if the registry has no dates, the highest
        version first. `order` says which. While the registry is unavailable, or a newer list is being read, the last
        known list is returned and `stale` is true. The answer comes within about a second: if `complete` is false, more
        is being read, and the same request has it a moment later. A list that was never read is waited for, for at most
        20 seconds; then the answer is 503 with `Retry-After`, and the list is read on. Sizes of the platforms of a
        multi-platform image are in the answer for that version.
        """
        image = found(index, name)
        window = Window.of(query)
        number = _page_number(window)
        wanted = VersionQuery(query["q"], query["semver"], number, window.size, query["refresh"], query["kind"])
        try:
            page = read_versions(registries, image.reference, wanted)
        except OutsideFailure as error:
            raise upstream_failure(error, now) from error
        if page.complete and not (page.stale or wanted.refresh):
            keep_for(_KEPT_SECONDS)
        end = Place(str(number + 1), "") if number * window.size < page.total else None
        items = version_documents(page.items, image, index.image, sites)
        document, headers = page_document(items, page.total, window, _order(window), end)
        return {**document, **_of_page(page)}, headers

    @resources.get("/api/v1/images/<name>/versions/<tag>", VersionSchema, RefreshQuery, UPSTREAM_FAILURES)
    def get_version(query: Mapping[str, Any], name: str, tag: str) -> Mapping[str, object]:
        """Get one version of an image.

        Returns a tag of the image with all details: also the sizes of all platforms, and whether there are a signature,
        an SBOM and a provenance. If `pending` is true, some of them are being read, and the same request has them a
        moment later.
        """
        image = found(index, name)
        try:
            version = read_version(registries, image.reference, tag, refresh=query["refresh"])
        except OutsideFailure as error:
            raise upstream_failure(error, now) from error
        return version_document(version, image, OwnDigests(image, index.image), sites)

    return resources.blueprint


def version_documents(
    versions: Sequence[Version], image: Image, read: Callable[[str], Image | None], sites: Sites
) -> list[dict[str, object]]:
    """The documents of versions of an image; `read` returns another image by its name."""
    own = OwnDigests(image, read)
    return [version_document(version, image, own, sites) for version in versions]


def version_document(version: Version, image: Image, own: OwnDigests, sites: Sites) -> dict[str, object]:
    """All attributes that `VersionSchema` shows."""
    return {
        **{field.name: getattr(version, field.name) for field in dataclasses.fields(version)},
        "enrolled": version.tag == image.tag,
        "current": version.digest is not None and version.digest == image.digest,
        "first_seen": own.first_seen(version.digest),
        "built_from": own.built_from(version.digest),
        "source_url": source_link(sites, version.source),
        "revision_url": revision_link(sites, version.source, version.revision),
    }


def _of_page(page: VersionPage) -> Mapping[str, object]:
    names = ("order", "stale", "fetched_at", "complete", "unread", "problem", "reading")
    return {name: getattr(page, name) for name in names}


def read_versions(registries: RegistryUpstream, reference: ImageReference, wanted: VersionQuery) -> VersionPage:
    """One page of versions, checked for secrets.

    Raises:
        OutsideFailure: as `Versions.page`, and if a text in it contains a credential.
    """
    page = registries.versions.page(reference, wanted)
    _check(registries, page.items, page.problem or "")
    return page


def read_version(registries: RegistryUpstream, reference: ImageReference, tag: str, *, refresh: bool) -> Version:
    """One version, checked for secrets.

    Raises:
        OutsideFailure: as `Versions.version`, and if a text in it contains a credential.
    """
    version = registries.versions.version(reference, tag, refresh=refresh)
    _check(registries, [version])
    return version


def _check(registries: RegistryUpstream, versions: Sequence[Version], *others: str) -> None:
    texts = "\n".join((*_upstream_texts(versions), *others))
    registries.redactor.check(texts.encode("utf-8", "surrogatepass"), {})


def _upstream_texts(versions: Sequence[Version]) -> Iterator[str]:
    """The texts that the registry chose; a malicious one can return the service's credential as a tag."""
    for version in versions:
        yield from (version.tag, version.url or "", *version.aliases)
        texts = (version.revision, version.source, version.version, version.problem)
        yield from (text or "" for text in texts)
        for platform in version.platforms:
            yield from (platform.os, platform.architecture, platform.variant or "", platform.os_version or "")


def _page_number(window: Window) -> int:
    """The requested page. A cursor contains a page number, because registries have no positions in a list.

    Raises:
        UnprocessableEntity: the cursor does not belong to this list.
    """
    if window.page is not None:
        return window.page
    place = window.place(_order(window))
    return _number(place.key) if place else 1


def _number(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) <= _LONGEST_NUMBER and int(key) > 0):
        raise refused_cursor(
            ValueError("not a cursor of this list; start without a cursor, then use the one in `next`")
        )
    return int(key)


def _order(window: Window) -> str:
    return f"versions by {window.size}"
