"""The page of an image's versions."""

import contextlib

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from provider.auth.strict_query import takes
from provider.pages.image.query import ROWS, VERSIONS_QUERY, VersionsPageQuery
from provider.pages.image.tabs import known_image, tabs_of
from provider.pages.image.upstream import ReadVersions, Upstream, problem_response
from provider.pages.rendering import rendered
from provider.ports import ImageIndex
from proxy.errors import OutsideFailure, StillReading
from proxy.places import NoPlace


def add_versions(blueprint: Blueprint, index: ImageIndex, upstream: Upstream, read: ReadVersions) -> None:
    """Serve /images/NAME/versions."""

    @blueprint.get("/images/<name>/versions")
    @takes(*VERSIONS_QUERY)
    def versions(name: str) -> Response | str:
        image = known_image(index, name)
        tabs = tabs_of(image)
        query = VersionsPageQuery.of(request.args)
        if query.opened and upstream.details:
            # The row itself says what is missing.
            with contextlib.suppress(OutsideFailure, NoPlace):
                upstream.details(image.reference, query.opened)
        try:
            page = read(image.reference, query.filter)
        except (OutsideFailure, NoPlace) as error:
            retry = url_for("pages.versions", name=name, **query.parameters(page=query.page))
            what = _heading(error)
            return problem_response(upstream, error, image, tabs, what=what, target=retry)
        return rendered(
            "image/versions.html",
            image=image,
            tabs=tabs,
            query=query,
            page=page,
            versions=upstream.describe(image, page.items),
            pages=max(1, -(-page.total // ROWS)),
        )


def _heading(error: OutsideFailure | NoPlace) -> str:
    match error:
        case NoPlace():
            return "The versions are not read yet"
        case StillReading():
            return "The versions are still being read"
        case _:
            return "Could not load the versions"
