"""How the pages read from registries and GitHub, and the page they show when that fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import make_response
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from catalog.image import Image
from catalog.reference import ImageReference
from provider.pages.image.tabs import Tab
from provider.pages.rendering import rendered
from provider.services.enrolled_sources import EnrolledSource
from proxy.errors import (
    AddressRefused,
    NotFound,
    NotNow,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    StillReading,
    Unavailable,
)
from proxy.github.run_types import NotRerunnable, RunPage, RunQuery
from proxy.places import NoPlace
from proxy.version_types import Version, VersionPage, VersionQuery

_NOT_DONE = "Nothing was sent. Go back, and try again in a moment."

ReadVersions = Callable[[ImageReference, VersionQuery], VersionPage]
"""Reads one page of versions; raises OutsideFailure."""

ReadDetails = Callable[[ImageReference, str], object]
"""Reads what the list leaves out of one tag, so that the next page has it; raises OutsideFailure."""


DescribeVersions = Callable[[Image, Sequence[Version]], Sequence[Mapping[str, object]]]
"""Adds to versions of an image what is ours, and links: the attributes of `Version`, and those of the API."""


class RunsReader(Protocol):
    """Reads the runs of a workflow."""

    def page(self, source_repo: str, workflow: str, query: RunQuery) -> RunPage:
        """See `WorkflowRuns.page`."""
        ...


class Reruns(Protocol):
    """Re-runs one of them for a caller with permission, with an audit line."""

    def rerun(self, source: EnrolledSource, workflow: str, run_id: int, *, failed_only: bool) -> None:
        """See `AuditedReruns.rerun`."""
        ...


@dataclass(frozen=True, slots=True)
class Builds:
    """Access to workflow runs.

    Attributes:
        runs: reads them.
        reruns: re-runs them.
    """

    runs: RunsReader
    reruns: Reruns


@dataclass(frozen=True, slots=True)
class Upstream:
    """Access to registries and GitHub; if a part is None, its pages are not served.

    Attributes:
        versions: reads an image's versions.
        details: reads the details of one of them.
        describe: what a page shows of them.
        builds: reads and re-runs workflow runs.
        failure: the HTTP error for an upstream error, or for a request that may not wait now.
    """

    versions: ReadVersions | None
    details: ReadDetails | None
    describe: DescribeVersions
    builds: Builds | None
    failure: Callable[[OutsideFailure | NoPlace], HTTPException]


def advice(error: OutsideFailure | NoPlace) -> str:
    """What the reader can do about the error, in one or two sentences."""
    match error:
        case NotFound():
            return (
                "Check the names in the enrollment of the image. If they are correct, the credentials of the service "
                "may lack access: ask an operator to check them."
            )
        case Refused() | AddressRefused():
            return "Retrying does not help. Ask an operator to check the settings and credentials of the service."
        case NotRerunnable():
            return "Go back to the builds to see its current state."
        case OutcomeUnknown():
            return "Check the build on GitHub before you try again, so that it does not run twice."
        case StillReading() | NoPlace():
            return "This page loads again by itself."
        case Unavailable():
            return "This is usually temporary. Try again in a moment."
        case _:
            return "Try again later. If the problem persists, ask an operator to check the log of the service."


def problem_response(
    upstream: Upstream,
    error: OutsideFailure | NoPlace,
    image: Image,
    tabs: list[Tab],
    *,
    what: str,
    target: str,
    back: bool = False,
) -> Response:
    """The page of an image's tab when its content cannot be loaded, with the HTTP status of the error.

    Args:
        upstream: maps the error to an HTTP status.
        error: the cause.
        image: the image of the page.
        tabs: links to the other pages of the image.
        what: the heading: what failed.
        target: the address of the button.
        back: the button goes back, instead of trying again.
    """
    failure = upstream.failure(error)
    loads_again = isinstance(error, (StillReading, NoPlace)) and not back
    page = rendered(
        "image/upstream_problem.html",
        image=image,
        tabs=tabs,
        what=what,
        message=str(error),
        advice=_NOT_DONE if back and isinstance(error, NoPlace) else advice(error),
        retry_at=error.retry_at if isinstance(error, NotNow) else None,
        still_reading=loads_again,
        target=target,
        back=back,
    )
    response = make_response(page, failure.code or InternalServerError.code)
    if retry_after := failure.get_response().headers.get("Retry-After"):
        response.headers["Retry-After"] = retry_after
        if loads_again:
            response.headers["Refresh"] = f"{retry_after}; url={target}"
    return response
