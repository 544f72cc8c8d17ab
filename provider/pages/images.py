"""The pages that show images."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from catalog.image import Role, Status
from provider.pages.amounts import size_words, spent
from provider.pages.image_labels import as_yaml, conclusion_sign, short_digest, status_sign, web_address
from provider.pages.image_tabs import known_image, tabs_of
from provider.pages.images_query import PAGE_SIZE, SORTS, Asked
from provider.pages.rendering import rendered
from provider.pages.run_labels import has_failed_jobs, run_sign
from provider.pages.runs import add_runs
from provider.pages.times import exact, machine, relative
from provider.pages.upstream import Upstream
from provider.pages.versions import add_versions
from provider.ports import ImageIndex

PAGES = "pages"
"""The blueprint's name."""

OPEN_PAGES = frozenset({f"{PAGES}.static"})
"""Endpoints that need no caller: the page that refuses one has to look like something."""


def image_pages(
    index: ImageIndex, now: Callable[[], datetime], specification: Mapping[str, Any], upstream: Upstream
) -> Blueprint:
    """The blueprint.

    Args:
        index: what is known of images.
        now: the clock; aware times in UTC.
        specification: the OpenAPI document that /api/docs shows.
        upstream: what of registries and GitHub is shown.
    """
    blueprint = Blueprint(
        PAGES, __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    _teach_templates(blueprint, now)

    @blueprint.get("/")
    def home() -> Response:
        return redirect(url_for("pages.images"))

    @blueprint.get("/images")
    def images() -> str:
        asked = Asked.of(request.args)
        page = index.page(asked.filter, asked.page, PAGE_SIZE)
        return rendered(
            "images.html",
            asked=asked,
            page=page,
            pages=max(1, -(-page.total // PAGE_SIZE)),
            counts=index.count_by_status(),
            statuses=list(Status),
            roles=list(Role),
            sorts=SORTS,
        )

    @blueprint.get("/images/<name>")
    def image(name: str) -> str:
        found = known_image(index, name)
        tabs = tabs_of(found, versions=upstream.versions is not None, builds=upstream.builds is not None)
        return rendered("image.html", image=found, tabs=tabs, neighbours=index.neighbours([name])[name])

    @blueprint.get("/api/docs")
    def documentation() -> str:
        return rendered("documentation.html", specification=specification)

    if upstream.versions:
        add_versions(blueprint, index, upstream, upstream.versions)
    if upstream.builds:
        add_runs(blueprint, index, upstream, upstream.builds, now)
    return blueprint


def problem_page(code: int, name: str, message: str, request_id: str) -> str:
    """An error as a page."""
    return rendered("problem.html", code=code, name=name, message=message, request_id=request_id)


def _teach_templates(blueprint: Blueprint, now: Callable[[], datetime]) -> None:
    blueprint.add_app_template_filter(lambda at: relative(at, now()), "relative")
    signs = status_sign, conclusion_sign, run_sign, has_failed_jobs
    for teach in (exact, machine, *signs, web_address, as_yaml, short_digest, size_words, spent):
        blueprint.add_app_template_filter(teach, teach.__name__)
