"""The page of an image's versions."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from provider.pages.image_query import ROWS, AskedVersions
from provider.pages.image_tabs import known_image, tabs_of
from provider.pages.rendering import rendered
from provider.pages.upstream import ReadVersions, Upstream, trouble_page
from provider.ports import ImageIndex
from proxy.errors import OutsideFailure


def add_versions(blueprint: Blueprint, index: ImageIndex, upstream: Upstream, read: ReadVersions) -> None:
    """Serve /images/NAME/versions."""

    @blueprint.get("/images/<name>/versions")
    def versions(name: str) -> Response | str:
        image = known_image(index, name)
        tabs = tabs_of(image, versions=True, builds=upstream.builds is not None)
        asked = AskedVersions.of(request.args)
        try:
            page = read(image.reference, asked.wanted)
        except OutsideFailure as error:
            again = url_for("pages.versions", name=name, **asked.query(page=asked.page))
            return trouble_page(upstream, error, image, tabs, what="The versions cannot be read now", again=again)
        return rendered(
            "versions.html",
            image=image,
            tabs=tabs,
            asked=asked,
            page=page,
            pages=max(1, -(-page.total // ROWS)),
            dated=any(version.published_at for version in page.items),
        )
