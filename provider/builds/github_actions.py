"""Builds with GitHub Actions: dispatches a workflow, finds its run, and reads the run's state."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.builds.allowed_ref import check_ref, rule_for
from provider.builds.dispatch_inputs import dispatch_inputs
from provider.builds.one_by_one import runs_one_by_one
from provider.builds.workflow_file import UnreadableWorkflow, WorkflowFile, parse_workflow
from provider.builds.workflow_requests import Workflow, login_of
from provider.builds.workflow_runs import SKEW, only_candidate, with_id
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
from provider.domain.source_address import repo_problem
from proxy.errors import NotFound, Refused
from proxy.github.pygithub import SessionRequester
from proxy.github.renames import Renamed
from proxy.github.session import GitHubSession
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
RUN_REQUESTS_AN_HOUR = 1500
"""The most requests an hour about runs; the others of the 5,000 are for dispatches and Dockerfiles."""

_RUN_DETAILS = "return_run_details"
_LEAST_FOR_A_LIST = 2
_TO_ADD = f"add `on: workflow_dispatch:` with the input {REBUILD_ID} to the workflow"


class GitHubActions:
    """Starts workflows with the service's credentials. Safe to use from many threads.

    Args:
        session: sends the requests to GitHub.
    """

    system: ClassVar[SystemName] = "github-actions"

    def __init__(self, session: GitHubSession) -> None:
        self._session = session
        self._login: str | None = None
        self._returns_runs = True

    @classmethod
    def of(cls, parts: AdapterParts) -> Self | None:
        """None without a GitHub App or a token: workflows cannot be started without credentials."""
        settings = parts.settings
        return cls(parts.github) if settings.github_token or settings.github_app_id else None

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port. Everything before the one POST only reads, so a failure before it starts nothing."""
        workflow = self._workflow(request)
        ref = _ref(request, workflow)
        check_ref(request, workflow.repository, workflow.default_branch)
        declared = _dispatchable(_file(workflow, ref), request, workflow, ref)
        inputs = dispatch_inputs(request, declared)
        if BASE_IMAGES in declared and BASE_IMAGES in inputs.not_passed:
            _log.warning(
                "build_input_left_out",
                "dispatch of {workflow}: {input} left out: too long for an input",
                workflow=_shown(workflow),
                input=BASE_IMAGES,
            )
        return _dispatched(self._send(workflow, ref, dict(inputs.values)), inputs.not_passed)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port. Without ids it is the only run of our own account on the ref since the request."""
        workflow = self._workflow(request)
        runs = workflow.dispatched_since(request.requested_at - SKEW)
        if (run := with_id(runs, request.rebuild_id)) or not runs:
            return run
        ref = _ref(request, workflow)
        if _file(workflow, ref).shows_ids or (login := self._own_login(workflow)) is None:
            return None
        return only_candidate(runs, login, ref, request.requested_at)

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        workflow = self._workflow(request)
        return _file(workflow, _ref(request, workflow)).shows_ids

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port."""
        try:
            return self._workflow(request).run(run_id).run
        except Renamed:
            raise
        except NotFound:
            return None

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port: the runs of a repository are in one list."""
        repository = request.source.repo.lower()
        budget = f"{self.system} {self._session.allowance(repository.partition('/')[0])}"
        return RunGroup(f"{self.system} {repository}", budget, RUN_REQUESTS_AN_HOUR)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port. What the list does not show is asked for alone."""
        listed = self._listed([build for build in builds if build.run_id])
        found = {build.request.rebuild_id: listed.get(build.run_id or "") for build in builds}
        missing = [build for build in builds if found[build.request.rebuild_id] is None]
        return {**found, **runs_one_by_one(self, missing)}

    def _listed(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run]:
        """The runs of the repository that are in its list; one alone is cheaper without."""
        if len(builds) < _LEAST_FOR_A_LIST:
            return {}
        since = min(build.request.requested_at for build in builds) - SKEW
        wanted = {build.run_id for build in builds}
        found: dict[str, Run] = {}
        for page in self._workflow(builds[0].request).pages_of_repository(since):
            found |= {each.run.id: each.run for each in page}
            if wanted <= found.keys():
                break
        return found

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port."""
        workflow = self._workflow(request)
        explicit = request.build.ref or request.source.branch
        asked = explicit is None or request.authority.needs_default_branch
        default = workflow.default_branch() if asked else None
        ref = explicit or default or ""
        file = _file(workflow, ref)
        declared = file.inputs or frozenset()
        return BuildDescription(
            where=f"{_shown(workflow)} at {ref}",
            startable=file.inputs is not None,
            inputs=declared & frozenset(FILLED_INPUTS),
            demanded=file.demanded,
            ref=ref,
            default_branch=default,
        )

    def _workflow(self, request: BuildRequest) -> Workflow:
        source, name = request.source, request.build.workflow
        if source.provider != "github" or (problem := repo_problem("github", source.repo)):
            only = f"source.provider {source.provider}: GitHub Actions builds only repositories on GitHub"
            raise Refused(only if source.provider != "github" else f"source.repo: {problem}")
        if not name:
            raise Refused(f"{source.repo}: the enrollment names no workflow; write for example workflow: build.yml")
        return Workflow(SessionRequester(self._session, source.repo.partition("/")[0]), source.repo, name)

    def _send(self, workflow: Workflow, ref: str, inputs: dict[str, str]) -> object:
        if self._returns_runs:
            try:
                return workflow.dispatch(ref, inputs, run_details=True)
            except Refused as error:
                # GitHub Enterprise Server up to 3.20 refuses the field, and with it the request.
                if _RUN_DETAILS not in str(error):
                    raise
                self._returns_runs = False
        return workflow.dispatch(ref, inputs, run_details=False)

    def _own_login(self, workflow: Workflow) -> str | None:
        if self._login is None:
            owner = workflow.repository.partition("/")[0]
            self._login = self._session.login(owner) or login_of(workflow.requester)
        return self._login


def _ref(request: BuildRequest, workflow: Workflow) -> str:
    return request.build.ref or request.source.branch or workflow.default_branch()


def _file(workflow: Workflow, ref: str) -> WorkflowFile:
    try:
        return parse_workflow(workflow.file(ref))
    except UnreadableWorkflow as error:
        raise Refused(f"{_shown(workflow)} at {ref} is not a valid workflow: {error}") from error


def _dispatchable(file: WorkflowFile, request: BuildRequest, workflow: Workflow, ref: str) -> frozenset[str]:
    """The declared inputs of a workflow, if it may be started."""
    where = f"{_shown(workflow)} at {ref}"
    if file.inputs is None:
        raise Refused(f"{where} has no workflow_dispatch trigger, so it cannot be started; {_TO_ADD}")
    if request.authority.needs_id and REBUILD_ID not in file.inputs:
        missing = f"does not declare the input {REBUILD_ID}, and no rule lets {request.file} start it without"
        raise Refused(f"{where} {missing}; {_TO_ADD}, or {rule_for(request, 'workflows', workflow.name)}")
    return file.inputs


def _dispatched(answer: object, not_passed: tuple[str, ...]) -> Dispatched:
    """The run has started, so an answer that cannot be read is not a failure."""
    match answer:
        case {"workflow_run_id": int(run_id), **rest}:
            url = rest.get("html_url")
            return Dispatched(str(run_id), url if isinstance(url, str) else None, not_passed)
        case _:
            return Dispatched(None, None, not_passed)


def _shown(workflow: Workflow) -> str:
    return f"{workflow.repository}/{workflow.path}"
