"""What the pages ask registries and GitHub by, and what they show where there is no answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import make_response
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from catalog.image import Image
from catalog.reference import ImageReference
from provider.pages.image_tabs import Tab
from provider.pages.rendering import rendered
from provider.services.enrolled_sources import EnrolledSource
from proxy.errors import AddressRefused, NotFound, NotNow, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from proxy.github.run_types import NotRerunnable, RunPage, RunQuery
from proxy.version_types import VersionPage, VersionQuery

ReadVersions = Callable[[ImageReference, VersionQuery], VersionPage]
"""One page of versions that may be shown; raises OutsideFailure."""


class RunsReader(Protocol):
    """Reads the runs of a workflow."""

    def page(self, source_repo: str, workflow: str, query: RunQuery) -> RunPage:
        """See `WorkflowRuns.page`."""
        ...


class Reruns(Protocol):
    """RunsReader one of them again, for a caller who may, with a line in the audit."""

    def rerun(self, source: EnrolledSource, workflow: str, run_id: int, *, failed_only: bool) -> None:
        """See `AuditedReruns.rerun`."""
        ...


@dataclass(frozen=True, slots=True)
class Builds:
    """Workflow runs.

    Attributes:
        runs: reads them.
        reruns: runs them again.
        check_origin: raises Forbidden where the request at hand comes from a page elsewhere.
    """

    runs: RunsReader
    reruns: Reruns
    check_origin: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Upstream:
    """What of the outside world is shown; None: those pages are not served.

    Attributes:
        versions: reads an image's versions.
        builds: an image's workflow runs.
        failure: the HTTP error that stands for an upstream's.
    """

    versions: ReadVersions | None
    builds: Builds | None
    failure: Callable[[OutsideFailure], HTTPException]


def advice(error: OutsideFailure) -> str:
    """What a reader can do about it, in a sentence or two."""
    match error:
        case NotFound():
            return (
                "Check the names in the image's enrollment. If they are right, the service's credentials may not be "
                "allowed to see it: an operator can look into that."
            )
        case Refused() | AddressRefused():
            return "Trying again changes nothing: an operator has to look at the service's settings and credentials."
        case NotRerunnable():
            return "Go back to the builds to see how it stands now."
        case OutcomeUnknown():
            return "Look at the build at GitHub before you try again, so that it does not run twice."
        case Unavailable():
            return "This mostly passes by itself: try again in a moment."
        case _:
            return "Try again later. If it stays like this, an operator should look into the service's log."


def trouble_page(
    upstream: Upstream,
    error: OutsideFailure,
    image: Image,
    tabs: list[Tab],
    *,
    what: str,
    again: str,
    back: bool = False,
) -> Response:
    """The page of an image's tab that has nothing to show, with the status of the error.

    Args:
        upstream: knows the status.
        error: why.
        image: whose page it is.
        tabs: the way to its other pages.
        what: could not be done, as a heading.
        again: the address to try next.
        back: that address is not the same once more, but the way back.
    """
    failure = upstream.failure(error)
    page = rendered(
        "trouble.html",
        image=image,
        tabs=tabs,
        what=what,
        message=str(error),
        advice=advice(error),
        retry_at=error.retry_at if isinstance(error, NotNow) else None,
        again=again,
        back=back,
    )
    response = make_response(page, failure.code or InternalServerError.code)
    if retry_after := failure.get_response().headers.get("Retry-After"):
        response.headers["Retry-After"] = retry_after
    return response
