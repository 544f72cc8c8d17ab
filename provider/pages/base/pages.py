"""The page of a base image, and the pages of what depends on an image, of its digests and of its impact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from catalog.image import Image, Role
from provider.auth.strict_query import one_of, takes
from provider.domain.graph.dependents import dependents_of
from provider.domain.impact import impact_of
from provider.graph_ports import ImageGraphs
from provider.pages.base.dependents_view import (
    DEPENDENTS_QUERY,
    ROWS,
    DependentsQueryOfPage,
    DependentsView,
    dependent_sign,
    dependents_view,
)
from provider.pages.base.digests_view import DIGESTS, FIRST_DIGESTS, digest_rows, shown_digests
from provider.pages.base.impact_view import FIRST_IMPACTS, IMPACTS, impact_view
from provider.pages.graph.pages import graph_part
from provider.pages.image.tabs import known_image
from provider.pages.listing.images_query import page_number
from provider.pages.rendering import rendered
from provider.ports import ImageFilter, ImageIndex
from provider.services.asking.asking import every_image

FIRST_DEPENDENTS = 15
"""Dependents on the page of a base image: those that need attention."""


@dataclass(frozen=True, slots=True)
class BaseParts:
    """What the pages of a base image are made of."""

    index: ImageIndex
    graphs: ImageGraphs
    now: Callable[[], datetime]


def base_page(parts: BaseParts, name: str, shown: Mapping[str, Any]) -> str:
    """The page of a base image.

    Args:
        parts: what it is made of.
        name: of the image.
        shown: what every page of an image shows.
    """
    image = known_image(parts.index, name)
    digests = shown_digests(image, 1, FIRST_DIGESTS)
    counts = parts.graphs.built_from([update.digest for update in digests])
    return rendered(
        "base/base.html",
        **{**shown, "image": image},
        view=_dependents(parts, image, DependentsQueryOfPage(), FIRST_DEPENDENTS),
        digests=digest_rows(image, digests, counts),
        part=graph_part(parts.graphs, name),
    )


def add_base(blueprint: Blueprint, parts: BaseParts) -> None:
    """Serve /images/NAME/dependents, /images/NAME/digests and /images/NAME/impact."""
    blueprint.add_app_template_filter(dependent_sign, "dependent_sign")

    @blueprint.get("/images/<name>/dependents")
    @takes(*DEPENDENTS_QUERY)
    def dependents(name: str) -> str:
        image, query = known_image(parts.index, name), DependentsQueryOfPage.of(request.args)
        return rendered("base/dependents_page.html", image=image, query=query, view=_dependents(parts, image, query))

    @blueprint.get("/images/<name>/digests")
    @takes("page")
    def digests(name: str) -> str:
        image, page = known_image(parts.index, name), page_number(request.args.get("page", ""))
        shown = shown_digests(image, page, DIGESTS)
        counts = parts.graphs.built_from([update.digest for update in shown])
        rows, pages = digest_rows(image, shown, counts), max(1, -(-len(image.updates) // DIGESTS))
        return rendered("base/digests_page.html", image=image, digests=rows, page=page, pages=pages)

    @blueprint.get("/images/<name>/impact")
    @takes("page", "rows")
    def impact(name: str) -> str:
        image, page = known_image(parts.index, name), page_number(request.args.get("page", ""))
        few = one_of(request.args, "rows", [str(FIRST_IMPACTS)])
        related = every_image(parts.index, ImageFilter(role=Role.MANAGED, related_to=name))
        view = impact_view(impact_of(image, related, parts.now()), page, FIRST_IMPACTS if few else IMPACTS)
        return rendered("base/impact_page.html", image=image, view=view, page=page, part=bool(few))


def _dependents(parts: BaseParts, image: Image, query: DependentsQueryOfPage, rows: int = ROWS) -> DependentsView:
    return dependents_view(dependents_of(image, parts.graphs.dependents(image)), query, rows)
