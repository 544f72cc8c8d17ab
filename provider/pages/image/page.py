"""The page of an image, /images/NAME, and of everything that happened to it, /images/NAME/timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, request

from catalog.image import Image, Role
from provider.auth.strict_query import takes
from provider.graph_ports import ImageGraphs
from provider.operation_ports import HistoryFilter
from provider.pages.asking.pages import requests_of
from provider.pages.base.pages import BaseParts, base_page
from provider.pages.checks import checks_of_image
from provider.pages.graph.pages import graph_part
from provider.pages.image.answers import EVIDENCE_MEANS, discovery_problem, next_step, other_error, waits, who_may
from provider.pages.image.dependents import shown_dependents
from provider.pages.image.entry_labels import by_whom, entry_sign
from provider.pages.image.query import TIMELINE_QUERY, TimelineQuery
from provider.pages.image.tabs import no_image, tabs_of
from provider.pages.rendering import rendered
from provider.ports import ImageIndex
from provider.services.asking.acts import Acts
from provider.services.checks import Checks
from provider.services.timelines.timelines import Timeline, Timelines

ENTRIES = 15
"""Entries of the timeline on the page of an image."""

_MORE_ENTRIES = 50
_EVERYTHING = HistoryFilter()
# A page waits for git only if nothing is known yet, and not so long that a reader notices; it renews itself.
_WAIT_SECONDS = 0.02


class PageLinks(Protocol):
    """The web pages of images, elsewhere."""

    def of(self, image: Image) -> Mapping[str, str | None]:
        """The pages of an image, by what they are."""

    def dockerfile(self, image: Image, path: str = "", line: int | None = None) -> str | None:
        """The page of a Dockerfile of the image, at a line."""

    def commit(self, commit: str) -> str | None:
        """The page of a commit of the config repository."""


@dataclass(frozen=True, slots=True)
class ImagePageParts:
    """What the page of an image is made of; a part that is None is not shown.

    Attributes:
        index: the images.
        checks: when it is checked.
        acts: takes what people ask for.
        graphs: what is around it.
        timelines: what happened to it.
        links: its pages elsewhere.
        now: the current time.
    """

    index: ImageIndex
    checks: Checks | None
    acts: Acts | None
    graphs: ImageGraphs | None
    timelines: Timelines | None
    links: PageLinks
    now: Callable[[], datetime]

    def known(self, name: str) -> Image:
        """The image without its histories.

        Raises:
            NotFound: there is no image of that name.
        """
        found = self.index.outline(name)
        if found is None:
            raise no_image(name)
        return found

    def frame(self, image: Image) -> dict[str, Any]:
        """What every page of the image shows."""
        tabs, links = tabs_of(image), self.links.of(image)
        return {
            "image": image,
            "tabs": tabs,
            "links": links,
            "page_of_commit": self.links.commit,
            "page_of_line": self.links.dockerfile,
        }

    def timeline(self, image: Image) -> Timeline | None:
        """The newest entries."""
        if self.timelines is None:
            return None
        return self.timelines.part(image, _EVERYTHING, 1, ENTRIES, wait_seconds=_WAIT_SECONDS)


def add_image_page(blueprint: Blueprint, parts: ImagePageParts) -> None:
    """Serve /images/NAME and /images/NAME/timeline."""
    for template_filter in (entry_sign, by_whom, next_step, other_error, discovery_problem):
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)

    @blueprint.get("/images/<name>")
    @takes("asked")
    def image(name: str) -> str:
        found, now = parts.known(name), parts.now()
        near = parts.index.neighbours([name])[name]
        asked = requests_of(parts.acts, found) if parts.acts else {}
        shown = {
            **parts.frame(found),
            **asked,
            "last_checked": near.last_checked,
            "checks": checks_of_image(parts.checks, name, found.acting_owner) if parts.checks else None,
            "others_may": who_may(found, [kind for kind, _ in asked.get("offered", ())]) if parts.acts else "",
        }
        if parts.graphs and found.role is Role.BASE:
            return base_page(BaseParts(parts.index, parts.graphs, parts.now), name, shown)
        return rendered(
            "image/image.html",
            **shown,
            dependents=shown_dependents(near.dependents),
            part=graph_part(parts.graphs, name) if parts.graphs else None,
            timeline=parts.timeline(found),
            waits={each.name: waits(found, each, now) for each in found.dependencies},
            evidence_means=EVIDENCE_MEANS,
        )

    if timelines := parts.timelines:
        _add_timeline(blueprint, parts, timelines)


def _add_timeline(blueprint: Blueprint, parts: ImagePageParts, timelines: Timelines) -> None:
    @blueprint.get("/images/<name>/timeline")
    @takes(*TIMELINE_QUERY)
    def timeline(name: str) -> str:
        found, query = parts.known(name), TimelineQuery.of(request.args)
        part = timelines.part(found, query.filter, query.page, _MORE_ENTRIES, wait_seconds=_WAIT_SECONDS)
        pages = max(1, -(-part.page.total // _MORE_ENTRIES))
        return rendered("image/timeline_page.html", **parts.frame(found), query=query, timeline=part, pages=pages)
