"""The pages that show images."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint

from provider.graph_ports import ImageGraphs
from provider.pages.amounts import size_label, span_label
from provider.pages.asking.pages import add_asking
from provider.pages.asking.removals import add_removals
from provider.pages.base.pages import BaseParts, add_base
from provider.pages.checks import add_checks, part_label
from provider.pages.documentation.pages import add_documentation
from provider.pages.graph.pages import add_graph
from provider.pages.image.labels import (
    as_yaml,
    conclusion_sign,
    evidence_label,
    instruction_label,
    is_doubtful,
    purpose_label,
    short_digest,
    status_sign,
    web_address,
)
from provider.pages.image.page import ImagePageParts, PageLinks, add_image_page
from provider.pages.image.run_labels import has_failed_jobs, run_sign
from provider.pages.image.runs import add_runs
from provider.pages.image.upstream import Upstream
from provider.pages.image.versions import add_versions
from provider.pages.listing.pages import add_list
from provider.pages.overview.pages import add_overview
from provider.pages.records.adding import Records, add_records
from provider.pages.rendering import breakable, rendered
from provider.pages.times import clock, day, exact, machine, relative
from provider.pages.webhooks import add_webhooks, delivery_sign
from provider.ports import ImageIndex
from provider.redaction import redacted
from provider.services.asking.acts import Acts
from provider.services.checks import Checks
from provider.services.overview.overviews import Overviews
from provider.services.timelines.timelines import Timelines
from provider.webhook_ports import WebhookInbox

PAGES = "pages"
"""The blueprint's name."""

OPEN_PAGES = frozenset({f"{PAGES}.static"})
"""Endpoints that need no caller: the page that refuses a caller needs its style sheet."""


def image_pages(
    index: ImageIndex,
    now: Callable[[], datetime],
    specification: Callable[[], Mapping[str, Any]],
    upstream: Upstream,
    links: PageLinks,
    *,
    inbox: WebhookInbox | None = None,
    checks: Checks | None = None,
    acts: Acts | None = None,
    graphs: ImageGraphs | None = None,
    overviews: Overviews | None = None,
    timelines: Timelines | None = None,
    records: Records | None = None,
) -> Blueprint:
    """The blueprint.

    Args:
        index: the image index.
        now: the current time, aware, in UTC.
        specification: reads the OpenAPI document, for /api/docs.
        upstream: access to registries and GitHub for the versions and builds pages.
        links: the web pages of images.
        inbox: stores webhooks, for their page.
        checks: when images are checked, and requests for checks; without it they are not shown.
        acts: takes what people ask for; without it there are no buttons.
        graphs: the dependency graph around an image; without it, it is not shown.
        overviews: reads what the overview shows; without it there is none.
        timelines: what happened to each image; without it, it is not shown.
        records: rebuilds, changes of base images, the audit and problems, for their pages.
    """
    blueprint = Blueprint(
        PAGES, __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    _add_filters(blueprint, now)

    add_list(blueprint, index, checks)
    add_overview(blueprint, overviews, now)
    add_image_page(blueprint, ImagePageParts(index, checks, acts, graphs, timelines, links, now))
    add_documentation(blueprint, specification)
    if records:
        add_records(blueprint, records, index, now)
    if checks:
        add_checks(blueprint, index, checks, now)
    if acts:
        add_asking(blueprint, acts)
        add_removals(blueprint, acts)
    if graphs:
        add_graph(blueprint, graphs)
        add_base(blueprint, BaseParts(index, graphs, now))
    if inbox:
        add_webhooks(blueprint, inbox)
    _add_upstream(blueprint, index, upstream, now)
    return blueprint


def problem_page(code: int, name: str, message: str, request_id: str) -> str:
    """An error as a page."""
    return rendered("problem.html", code=code, name=name, message=message, request_id=request_id)


def _add_upstream(blueprint: Blueprint, index: ImageIndex, upstream: Upstream, now: Callable[[], datetime]) -> None:
    """The pages that ask registries and build systems."""
    if upstream.versions:
        add_versions(blueprint, index, upstream, upstream.versions)
    if upstream.builds:
        add_runs(blueprint, index, upstream, upstream.builds, now)


def _add_filters(blueprint: Blueprint, now: Callable[[], datetime]) -> None:
    blueprint.add_app_template_filter(lambda at: relative(at, now()), "relative")
    blueprint.add_app_template_filter(lambda at: day(at, now()), "day")
    blueprint.add_app_template_filter(lambda at: at <= now(), "is_past")
    signs = status_sign, conclusion_sign, run_sign, has_failed_jobs, delivery_sign
    labels = (
        purpose_label,
        evidence_label,
        is_doubtful,
        instruction_label,
        size_label,
        span_label,
        short_digest,
        as_yaml,
        part_label,
    )
    for template_filter in (clock, exact, machine, breakable, web_address, redacted, *signs, *labels):
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)
