"""The page of an image's builds, and the form that re-runs one."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from catalog.image import Image
from provider.auth.permissions import Action
from provider.auth.rights import is_allowed
from provider.auth.strict_query import takes
from provider.pages.image.query import ROWS, RUNS_QUERY, RunsPageQuery
from provider.pages.image.run_labels import has_failed_jobs, status_choices
from provider.pages.image.tabs import known_image, tabs_of
from provider.pages.image.upstream import Builds, Upstream, problem_response
from provider.pages.rendering import rendered
from provider.ports import ImageIndex
from provider.services.enrolled_sources import EnrolledSource, enrolled_source, hidden_runs
from proxy.errors import OutsideFailure
from proxy.github.run_types import RunPage
from proxy.places import NoPlace

# GitHub's ids are 64-bit integers.
_RERUN = f"/images/<name>/runs/<int(max={2**63 - 1}):run_id>/rerun"


def add_runs(
    blueprint: Blueprint, index: ImageIndex, upstream: Upstream, builds: Builds, now: Callable[[], datetime]
) -> None:
    """Serve /images/NAME/runs and its re-run form."""

    @blueprint.get("/images/<name>/runs")
    @takes(*RUNS_QUERY)
    def runs(name: str) -> Response | str:
        image = known_image(index, name)
        tabs, query = tabs_of(image), RunsPageQuery.of(request.args)
        built = _built_by(image)
        if built is None:
            return rendered("image/no_runs.html", image=image, tabs=tabs)
        source, workflow = built
        try:
            page = builds.runs.page(source.repository, workflow, query.filter)
        except (OutsideFailure, NoPlace) as error:
            retry = _address(name, query)
            what = "The builds are not read yet" if isinstance(error, NoPlace) else "Could not load the builds"
            return problem_response(upstream, error, image, tabs, what=what, target=retry)
        return rendered(
            "image/runs.html",
            image=image,
            tabs=tabs,
            source=source,
            query=query,
            page=page,
            pages=max(1, -(-page.total // ROWS)),
            statuses=status_choices(),
            running=sum(not run.is_completed for run in page.items),
            may_rerun=_offers_rerun(page, source),
            now=now(),
        )

    @blueprint.post(_RERUN)
    @takes(*RUNS_QUERY)
    def rerun(name: str, run_id: int) -> Response:
        image, query = known_image(index, name), RunsPageQuery.of(request.args)
        built = _built_by(image)
        if built is None:
            raise NotFound(
                f"The enrollment of {name} does not name a GitHub Actions workflow, so it has no builds to re-run."
            )
        source, workflow = built
        try:
            builds.reruns.rerun(source, workflow, run_id, failed_only=True)
        except (OutsideFailure, NoPlace) as error:
            what, back = f"Build {run_id} was not re-run", _address(name, query)
            return problem_response(upstream, error, image, tabs_of(image), what=what, target=back, back=True)
        return redirect(_address(name, query, again=run_id), HTTPStatus.SEE_OTHER)


def _built_by(image: Image) -> tuple[EnrolledSource, str] | None:
    source = enrolled_source(image)
    if source and (hidden := hidden_runs(image)):
        raise Forbidden(hidden)
    return (source, source.workflow) if source and source.workflow else None


def _address(name: str, query: RunsPageQuery, **more: int) -> str:
    return url_for("pages.runs", name=name, **query.parameters(page=query.page, **more))


def _offers_rerun(page: RunPage, source: EnrolledSource) -> bool:
    """Whether the caller may re-run a build of this page; checked only if one can be, because it may ask Backstage."""
    if not any(map(has_failed_jobs, page.items)):
        return False
    return is_allowed(Action.REBUILD, source.owner)
