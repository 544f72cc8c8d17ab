"""GET /api/v1/images/NAME/versions."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from catalog.image import Image
from catalog.reference import ImageReference
from provider.api.answers.fast_answers import keep_for
from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES, upstream_failure
from provider.api.images import found
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.versions import VersionPageSchema, VersionsQuery
from provider.api.upstreams import RegistryUpstream
from provider.ports import ImageIndex, Place
from proxy.errors import OutsideFailure
from proxy.version_types import Version, VersionPage, VersionQuery

_LONGEST_NUMBER = 9
# Long enough to serve many readers at once, short enough that a removed image disappears quickly.
_KEPT_SECONDS = 1.0


def versions_resources(index: ImageIndex, registries: RegistryUpstream, now: Callable[[], datetime]) -> Any:
    """The blueprint for the versions of an image."""
    resources = ReadingBlueprint("versions", "Versions of images in their registries")

    @resources.get("/api/v1/images/<name>/versions", VersionPageSchema, VersionsQuery, UPSTREAM_FAILURES)
    def list_versions(query: Mapping[str, Any], name: str) -> tuple[PageDocument, dict[str, str]]:
        """List the versions of an image.

        Returns the tags of the image in its registry, the newest first; if the registry has no dates, the highest
        version first. `order` says which. While the registry is unavailable, the last known list is returned and
        `stale` is true.
        """
        image = found(index, name)
        window = Window.of(query)
        number = _page_number(window)
        wanted = VersionQuery(query["q"], query["semver"], number, window.size, query["refresh"])
        try:
            page = read_versions(registries, image.reference, wanted)
        except OutsideFailure as error:
            raise upstream_failure(error, now) from error
        if not (page.stale or wanted.refresh):
            keep_for(_KEPT_SECONDS)
        end = Place(str(number + 1), "") if number * window.size < page.total else None
        document, headers = page_document(
            [version_document(version, image) for version in page.items], page.total, window, _order(window), end
        )
        return {**document, "order": page.order, "stale": page.stale, "fetched_at": page.fetched_at}, headers

    return resources.blueprint


def version_document(version: Version, image: Image) -> dict[str, object]:
    """All attributes that `VersionSchema` shows."""
    return {
        **{field.name: getattr(version, field.name) for field in dataclasses.fields(version)},
        "enrolled": version.tag == image.tag,
        "current": version.digest is not None and version.digest == image.digest,
    }


def read_versions(registries: RegistryUpstream, reference: ImageReference, wanted: VersionQuery) -> VersionPage:
    """One page of versions, checked for secrets.

    Raises:
        OutsideFailure: as `Versions.page`, and if a text in it contains a credential.
    """
    page = registries.versions.page(reference, wanted)
    registries.redactor.check("\n".join(_upstream_texts(page)).encode("utf-8", "surrogatepass"), {})
    return page


def _upstream_texts(page: VersionPage) -> Iterator[str]:
    """The texts that the registry chose; a malicious one can return the service's credential as a tag."""
    for version in page.items:
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
