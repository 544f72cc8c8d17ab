"""GET /api/v1/images/NAME/runs, and running one of them again."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import NotFound

from catalog.image import Role
from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES, upstream_failure
from provider.api.audited_reruns import AuditedReruns, rerun_failure
from provider.api.images import found
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.images import ProblemSchema
from provider.api.schemas.runs import RerunSchema, RerunTakenSchema, RunPageSchema, RunsQuery
from provider.api.writes import json_writes
from provider.ports import ImageIndex, Place
from provider.services.enrolled_sources import EnrolledSource, enrolled_source
from proxy.errors import OutsideFailure
from proxy.github.actions import WorkflowRuns
from proxy.github.run_types import RunQuery, WorkflowRun

_RUNS = "/api/v1/images/<name>/runs"
# GitHub's ids are whole numbers of 64 bits.
_RERUN = f"{_RUNS}/<int(max={2**63 - 1}):run_id>/rerun"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    *UPSTREAM_FAILURES,
)


def runs_resources(
    index: ImageIndex,
    runs: WorkflowRuns,
    reruns: AuditedReruns,
    now: Callable[[], datetime],
) -> Any:
    """The blueprint for an image's workflow runs."""
    resources = ReadingBlueprint("runs", "Runs of the workflow that builds an image")

    @resources.get(_RUNS, RunPageSchema, RunsQuery, UPSTREAM_FAILURES)
    def list_runs(query: Mapping[str, Any], name: str) -> tuple[PageDocument, dict[str, str]]:
        """List the runs of the image's workflow, the newest first."""
        source, workflow = _built_by(index, name)
        window = Window.of(query)
        order = f"runs {query['status']} {query['branch']} {window.size}"
        wanted = RunQuery(query["status"], query["branch"], _number(window, order), window.size, query["refresh"])
        try:
            page = runs.page(source.repository, workflow, wanted)
        except OutsideFailure as error:
            raise upstream_failure(error, now) from error
        more = wanted.page * wanted.size < page.total
        document, headers = page_document(
            [run_document(run, now()) for run in page.items],
            page.total,
            window,
            order,
            Place(str(wanted.page + 1), "") if more else None,
        )
        return {**document, "stale": page.stale, "fetched_at": page.fetched_at}, headers

    def run_again(body: Mapping[str, Any], name: str, run_id: int) -> dict[str, object]:
        """Run a run of the image's workflow again, with the service's credentials, if the caller may.

        One request goes to GitHub; where its outcome is not known the answer is 502 and says so.
        """
        source, workflow = _built_by(index, name)
        try:
            reruns.rerun(source, workflow, run_id, failed_only=body["failed_only"])
        except OutsideFailure as error:
            raise rerun_failure(error, now) from error
        return {"id": run_id}

    blueprint = resources.blueprint
    described = blueprint.response(HTTPStatus.ACCEPTED, RerunTakenSchema)(run_again)
    described = blueprint.arguments(RerunSchema)(described)
    for status in _REFUSALS:
        described = blueprint.alt_response(status, schema=ProblemSchema)(described)
    blueprint.route(_RERUN, methods=["POST"])(json_writes(described))
    return blueprint


def run_document(run: WorkflowRun, now: datetime) -> dict[str, object]:
    """All that `RunSchema` shows, by attribute."""
    own = {field.name: getattr(run, field.name) for field in dataclasses.fields(run)}
    duration = run.duration(now)
    seconds = None if duration is None else int(duration.total_seconds())
    return {**own, "duration_seconds": seconds, "commit_url": run.commit_url}


def _built_by(index: ImageIndex, name: str) -> tuple[EnrolledSource, str]:
    """Where the image is built, and by which workflow.

    Raises:
        NotFound: there is no such image, or no workflow at GitHub builds it.
    """
    image = found(index, name)
    source = enrolled_source(image)
    if source is not None and source.workflow is not None:
        return source, source.workflow
    if image.role is not Role.MANAGED:
        raise NotFound(f"{name} is a {image.role} image: it is not built by a workflow, so it has no runs.")
    raise NotFound(f"The enrollment of {name} names no GitHub Actions workflow, so it has no runs.")


def _number(window: Window, order: str) -> int:
    if window.page is not None:
        return window.page
    place = window.place(order)
    if place is None:
        return 1
    if not _NUMBER.fullmatch(place.key):
        raise refused_cursor(ValueError("not a cursor of this list; start again without a cursor, then use `next`"))
    return int(place.key)
