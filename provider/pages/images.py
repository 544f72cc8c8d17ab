"""The pages that show images."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from catalog.image import Role, Status
from provider.pages.asked import PAGE_SIZE, SORTS, Asked
from provider.pages.times import exact, machine, relative
from provider.pages.words import as_yaml, conclusion_sign, short_digest, status_sign, web_address
from provider.ports import ImageIndex

PAGES = "pages"
"""The blueprint's name."""

OPEN_PAGES = frozenset({f"{PAGES}.static"})
"""Endpoints that need no caller: the page that refuses one has to look like something."""


def image_pages(index: ImageIndex, now: Callable[[], datetime], specification: Mapping[str, Any]) -> Blueprint:
    """The blueprint; `specification` is the OpenAPI document that /api/docs shows."""
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
        return render_template(
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
        found = index.image(name)
        if found is None:
            raise NotFound(
                f"There is no image named {name}. It may have been removed, or its name is spelled otherwise."
            )
        return render_template("image.html", image=found, neighbours=index.neighbours([name])[name])

    @blueprint.get("/api/docs")
    def documentation() -> str:
        return render_template("documentation.html", specification=specification)

    return blueprint


def problem_page(code: int, name: str, message: str, request_id: str) -> str:
    """An error as a page."""
    return render_template("problem.html", code=code, name=name, message=message, request_id=request_id)


def _teach_templates(blueprint: Blueprint, now: Callable[[], datetime]) -> None:
    blueprint.add_app_template_filter(lambda at: relative(at, now()), "relative")
    for teach in (exact, machine, status_sign, conclusion_sign, web_address, as_yaml, short_digest):
        blueprint.add_app_template_filter(teach, teach.__name__)
