"""Builds with GitLab: creates a pipeline, finds it, and reads its state."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self

from catalog.image import Conclusion
from provider.adapter_parts import AdapterParts
from provider.builds.allowed_ref import check_ref
from provider.builds.dispatch_inputs import dispatch_inputs
from provider.builds.one_by_one import runs_one_by_one
from provider.builds.workflow_runs import SKEW
from provider.domain.build_request import (
    BASE_IMAGES,
    FILLED_INPUTS,
    REBUILD_ID,
    BuildDescription,
    BuildRequest,
    Dispatched,
    Run,
    RunGroup,
    StartedBuild,
)
from provider.domain.enrollment import BuildSystem as SystemName
from provider.domain.events.build_reports import LONGEST_BUILD
from provider.domain.policy.authority import branch_name
from provider.domain.source_address import repo_problem
from proxy.errors import NotFound, Refused
from proxy.gitlab.failures import Moved
from proxy.gitlab.pipelines import Pipeline, Pipelines
from proxy.gitlab.session import GitLabSession
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)

# Source: GitLab's docs, "Pipelines API". Every other status is one of a pipeline that has not ended.
_ENDED = {
    "success": Conclusion.SUCCESS,
    "failed": Conclusion.FAILURE,
    "canceled": Conclusion.CANCELLED,
    "skipped": Conclusion.CANCELLED,
}
# Every job that starts by itself has succeeded, and one that a person has to start is not optional.
_BLOCKED = "manual"
_NOT_BLOCKED = "let the image be built without one, and give it allow_failure: true"
# GitLab's words where variables are set by somebody who may not.
_NO_VARIABLES = "Insufficient permissions to set pipeline variables"
_TO_ALLOW = "in the project's settings, CI/CD, Variables, let the role of the service's token use pipeline variables"


class GitLabPipelines:
    """Creates pipelines with the service's token. Safe to use from many threads.

    Args:
        session: sends the requests to GitLab.
        now: the clock.
    """

    system: ClassVar[SystemName] = "gitlab"

    def __init__(self, session: GitLabSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    @classmethod
    def of(cls, parts: AdapterParts) -> Self | None:
        """None without a token: pipelines cannot be created without one."""
        return cls(parts.gitlab, parts.transport.now) if parts.settings.gitlab_token else None

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port. Everything before the one POST only reads, so a failure before it starts nothing."""
        project, pipelines = self._project(request)
        check_ref(request, project, lambda: _default(project, pipelines))
        ref = _ref(request, project, pipelines)
        inputs = dispatch_inputs(request, FILLED_INPUTS)
        if BASE_IMAGES in inputs.not_passed:
            _log.warning(
                "build_variable_left_out",
                "pipeline of {project}: {variable} left out: too long for a variable",
                project=project,
                variable=BASE_IMAGES,
            )
        variables = {name.upper(): _unexpanded(name, value) for name, value in inputs.values.items()}
        made = _created(pipelines, project, ref, variables)
        return Dispatched(str(made.id), made.url, inputs.not_passed)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port. Where variables cannot be read, it is the only pipeline of our account since the request."""
        pipelines, created = self._created_since(request)
        hidden = []
        for each in created:
            try:
                if pipelines.variable(each.id, REBUILD_ID.upper()) == request.rebuild_id:
                    return self._run(pipelines, each.id)
            except Refused:
                hidden.append(each)
        # GitLab's times have milliseconds.
        since = _milliseconds(request.requested_at)
        only = [each for each in hidden if each.created_at >= since]
        return self._run(pipelines, only[0].id) if len(only) == 1 else None

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port: the variables of each pipeline that may be ours can be read."""
        pipelines, created = self._created_since(request)
        try:
            for each in created:
                pipelines.variable(each.id, REBUILD_ID.upper())
        except Refused:
            return False
        return True

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port.

        Raises:
            Refused: the pipeline has waited for a manual job for a day.
        """
        _, pipelines = self._project(request)
        try:
            run = self._run(pipelines, int(run_id))
        except Moved:
            raise
        except (NotFound, ValueError):
            return None
        if run.status == _BLOCKED and self._now() - request.requested_at >= LONGEST_BUILD:
            raise Refused(f"the pipeline {run.url or run.id} waits for a manual job; {_NOT_BLOCKED}")
        return run

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port: each is asked for alone."""
        return RunGroup(request.rebuild_id)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port."""
        return runs_one_by_one(self, builds)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port. A pipeline takes every variable, declared or not."""
        project, pipelines = self._project(request)
        explicit = request.build.ref or request.source.branch
        default = pipelines.default_branch()
        ref = branch_name(explicit) if explicit else default
        if ref is None:
            raise NotFound(_no_commits(project))
        try:
            pipelines.check_branch(ref)
        except Moved:
            raise
        except NotFound as error:
            raise NotFound(f"gitlab:{project} has no branch {ref} to build") from error
        return BuildDescription(
            where=f"the pipeline of {project} at {ref}",
            startable=True,
            inputs=frozenset(FILLED_INPUTS),
            ref=ref,
            default_branch=default,
        )

    def _project(self, request: BuildRequest) -> tuple[str, Pipelines]:
        project = request.build.project or (request.source.repo if request.source.provider == "gitlab" else None)
        if project is None:
            raise Refused("build.project is missing; the source is not at GitLab, so name the project that builds it")
        if problem := repo_problem("gitlab", project):
            raise Refused(f"build.project: {problem}")
        return project, Pipelines(self._session, project)

    def _created_since(self, request: BuildRequest) -> tuple[Pipelines, list[Pipeline]]:
        project, pipelines = self._project(request)
        ref = _ref(request, project, pipelines)
        return pipelines, pipelines.created_since(request.requested_at - SKEW, ref)

    def _run(self, pipelines: Pipelines, pipeline_id: int) -> Run:
        found = pipelines.pipeline(pipeline_id)
        conclusion = _ENDED.get(found.status)
        if conclusion is None:
            return Run(str(found.id), found.url, found.status, None)
        if conclusion is Conclusion.FAILURE and pipelines.timed_out(pipeline_id):
            conclusion = Conclusion.TIMED_OUT
        return Run(str(found.id), found.url, "completed", conclusion, found.finished_at or found.updated_at)


def _ref(request: BuildRequest, project: str, pipelines: Pipelines) -> str:
    explicit = request.build.ref or request.source.branch
    return branch_name(explicit) if explicit else _default(project, pipelines)


def _default(project: str, pipelines: Pipelines) -> str:
    if (branch := pipelines.default_branch()) is None:
        raise NotFound(_no_commits(project))
    return branch


def _no_commits(project: str) -> str:
    return f"gitlab:{project} has no branch yet; push a first commit"


def _created(pipelines: Pipelines, project: str, ref: str, variables: dict[str, str]) -> Pipeline:
    try:
        return pipelines.create(ref, variables)
    except Moved:
        raise
    except NotFound as error:
        raise NotFound(f"there is no project gitlab:{project}, or the service's token may not build there") from error
    except Refused as error:
        if _NO_VARIABLES in str(error):
            raise Refused(f"{error}; {_TO_ALLOW}") from error
        raise


def _unexpanded(name: str, value: str) -> str:
    """The value as GitLab hands it to jobs unchanged: it expands $ in the variables of a pipeline.

    Those of the pipelines API cannot be set raw. JSON has an escape of its own, which also survives a second expansion.
    Source: GitLab's docs, "Prevent CI/CD variable expansion" ($$ is $).
    """
    return value.replace("$", "\\u0024" if name == BASE_IMAGES else "$$")


def _milliseconds(time: datetime) -> datetime:
    return time - timedelta(microseconds=time.microsecond % 1000)
