"""GET /api/v1/images/NAME/runs, and re-runs."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import Forbidden, NotFound

from catalog.image import Role
from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.answers.paging import PageDocument, Window, page_document, refused_cursor
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES, upstream_failure
from provider.api.audited_reruns import AuditedReruns, rerun_failure
from provider.api.images import found
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.schemas.runs import AcceptedRerunSchema, RerunSchema, RunPageSchema, RunsQuery
from provider.api.writes import json_writes
from provider.ports import ImageIndex, Place
from provider.services.enrolled_sources import EnrolledSource, enrolled_source, hidden_runs
from proxy.errors import OutsideFailure
from proxy.github.actions import WorkflowRuns
from proxy.github.run_types import RunQuery, WorkflowRun

_RUNS = "/api/v1/images/<name>/runs"
# GitHub's ids are 64-bit integers.
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
    """The blueprint for the workflow runs of an image."""
    resources = ReadingBlueprint("runs", "GitHub Actions runs of the workflow that builds an image")

    @resources.get(_RUNS, RunPageSchema, RunsQuery, (HTTPStatus.FORBIDDEN, *UPSTREAM_FAILURES))
    def list_runs(query: Mapping[str, Any], name: str) -> tuple[PageDocument, dict[str, str]]:
        """List the workflow runs of an image.

        Returns the runs of the workflow that builds the image, the newest first. While GitHub is unavailable, the last
        known list is returned and `stale` is true.
        """
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

    def rerun(body: Mapping[str, Any], name: str, run_id: int) -> dict[str, object]:
        """Re-run a workflow run of an image.

        Re-runs all jobs or only the failed jobs, with the credentials of the service. The caller needs permission to
        rebuild the image. If it is unknown whether GitHub accepted the request, the response is 502 and the request
        is not repeated.
        """
        source, workflow = _built_by(index, name)
        try:
            reruns.rerun(source, workflow, run_id, failed_only=body["failed_only"])
        except OutsideFailure as error:
            raise rerun_failure(error, now) from error
        return {"id": run_id}

    blueprint = resources.blueprint
    accepted = blueprint.response(
        HTTPStatus.ACCEPTED, AcceptedRerunSchema, description=DESCRIPTIONS[HTTPStatus.ACCEPTED]
    )
    described = resources.with_query(blueprint.arguments(RerunSchema)(accepted(rerun)), None)
    described = resources.with_errors(described, _REFUSALS)
    blueprint.route(_RERUN, methods=["POST"], parameters=path_parameters(_RERUN))(json_writes(described))
    return blueprint


def run_document(run: WorkflowRun, now: datetime) -> dict[str, object]:
    """All attributes that `RunSchema` shows."""
    attributes = {field.name: getattr(run, field.name) for field in dataclasses.fields(run)}
    duration = run.duration(now)
    seconds = None if duration is None else int(duration.total_seconds())
    return {**attributes, "duration_seconds": seconds, "commit_url": run.commit_url}


def _built_by(index: ImageIndex, name: str) -> tuple[EnrolledSource, str]:
    """The source repository of the image, and the workflow that builds it.

    Raises:
        NotFound: there is no such image, or no GitHub Actions workflow builds it.
        Forbidden: no rule lets the file of its enrollment use the repository.
    """
    image = found(index, name)
    source = enrolled_source(image)
    if source is not None and source.workflow is not None:
        if hidden := hidden_runs(image):
            raise Forbidden(hidden)
        return source, source.workflow
    if image.role is not Role.MANAGED:
        raise NotFound(f"{name} is a {image.role} image: no workflow builds it, so it has no runs.")
    raise NotFound(f"The enrollment of {name} names no GitHub Actions workflow, so it has no runs.")


def _number(window: Window, order: str) -> int:
    if window.page is not None:
        return window.page
    place = window.place(order)
    if place is None:
        return 1
    if not _NUMBER.fullmatch(place.key):
        raise refused_cursor(
            ValueError("not a cursor of this list; start without a cursor, then use the one in `next`")
        )
    return int(place.key)
