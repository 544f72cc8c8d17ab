"""The page of the API. What it shows is the same for all callers while the service runs, so it is rendered once."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from provider.pages.documentation.operations import groups_of
from provider.pages.rendering import rendered


def add_documentation(blueprint: Blueprint, specification: Callable[[], Mapping[str, Any]]) -> None:
    """Serve /api/docs."""

    @cache
    def body() -> Markup:
        document = specification()
        schemas = {name: schema for name, schema in document["components"]["schemas"].items() if "properties" in schema}
        shown = {"groups": groups_of(document), "schemas": dict(sorted(schemas.items()))}
        return Markup(rendered("documentation/body.html", **shown))  # noqa: S704 - a template escaped everything in it

    @blueprint.get("/api/docs")
    def documentation() -> str:
        return rendered("documentation/page.html", version=specification()["info"]["version"], body=body())
