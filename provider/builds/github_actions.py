"""Builds by GitHub Actions: dispatches a workflow, finds the run that came of it, and follows it."""

import logging
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.builds.dispatch_inputs import BASE_IMAGES, REBUILD_ID, dispatch_inputs
from provider.builds.workflow_file import UnreadableWorkflow, WorkflowFile, parse_workflow
from provider.builds.workflow_requests import Workflow, login_of
from provider.builds.workflow_runs import SKEW, only_candidate, with_id
from provider.domain.build_request import BuildRequest, Dispatched, Run
from provider.domain.enrollment import BuildSystem as SystemName
from provider.domain.source_address import repo_problem
from provider.github_client import Answer, GitHubClient, GitHubClients, NotAFile
from provider.github_failures import Cause, GitHubFailure
from proxy.errors import OutcomeUnknown, Refused, Unavailable

_log = logging.getLogger(__name__)
_RUN_DETAILS = "return_run_details"
_TO_ADD = f"add `on: workflow_dispatch:` with the input {REBUILD_ID} to it"


class GitHubActions:
    """Starts workflows with the service's credentials. Safe to use from many threads.

    Args:
        clients: one for each owner of repositories.
        login: who its token is, where GitHub does not tell (an App: `<its slug>[bot]`).
    """

    system: ClassVar[SystemName] = "github-actions"

    def __init__(self, clients: GitHubClients, *, login: str | None = None) -> None:
        self._clients = clients
        self._login = login
        self._tells_runs = True

    @classmethod
    def of(cls, parts: AdapterParts) -> Self | None:
        """Without a GitHub App or a token nobody may start a workflow."""
        settings = parts.settings
        return cls(parts.github_clients) if settings.github_token or settings.github_app_id else None

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port. Before the one POST only reading is done, so its failures leave nothing behind."""
        workflow = self._workflow(request)
        what = f"dispatch of {_shown(workflow)}"
        try:
            ref = _ref(request, workflow)
            declared = _dispatchable(_file(workflow, ref), request, workflow, ref)
        except GitHubFailure as failure:
            raise _not_done(what, failure) from failure
        inputs = dispatch_inputs(request, declared)
        if BASE_IMAGES in declared and BASE_IMAGES in inputs.not_passed:
            _log.warning("%s: %s left out, because GitHub takes no more", what, BASE_IMAGES)
        try:
            answer = self._send(workflow, ref, dict(inputs.values))
        except GitHubFailure as failure:
            if failure.cause in {Cause.SERVER_ERROR, Cause.NO_ANSWER}:
                raise OutcomeUnknown(
                    f"{what}: {failure.words}; its run is looked for before it is repeated"
                ) from failure
            raise _not_done(what, failure) from failure
        return _dispatched(answer, inputs.not_passed)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port. Without ids it is the only run of our own login, on the ref, since the request."""
        workflow = self._workflow(request)
        try:
            runs = workflow.dispatched_since(request.requested_at - SKEW)
            if (run := with_id(runs, request.rebuild_id)) or not runs:
                return run
            ref = _ref(request, workflow)
            if _file(workflow, ref).shows_ids or (login := self._own_login(workflow.client)) is None:
                return None
            return only_candidate(runs, login, ref, request.requested_at)
        except GitHubFailure as failure:
            raise _not_done(f"search for the run of {_shown(workflow)}", failure) from failure

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        workflow = self._workflow(request)
        try:
            return _file(workflow, _ref(request, workflow)).shows_ids
        except GitHubFailure as failure:
            raise _not_done(f"reading {_shown(workflow)}", failure) from failure

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port."""
        workflow = self._workflow(request)
        try:
            return workflow.run(run_id).run
        except GitHubFailure as failure:
            if failure.cause is Cause.NOT_FOUND:
                return None
            raise _not_done(f"run {run_id} of {_shown(workflow)}", failure) from failure

    def _workflow(self, request: BuildRequest) -> Workflow:
        source, name = request.source, request.build.workflow
        if source.provider != "github" or (problem := repo_problem("github", source.repo)):
            reason = "GitHub Actions builds repositories at GitHub only" if source.provider != "github" else problem
            raise Refused(f"{source.provider}: {reason}")
        if not name:
            raise Refused(f"{source.repo}: no workflow is named; write for example workflow: build.yml")
        return Workflow(self._clients.of(source.repo.partition("/")[0]), source.repo, name)

    def _send(self, workflow: Workflow, ref: str, inputs: dict[str, str]) -> Answer:
        if self._tells_runs:
            try:
                return workflow.dispatch(ref, inputs, run_details=True)
            except GitHubFailure as failure:
                # GitHub Enterprise Server up to 3.20 refuses the field, and so the whole request.
                if failure.status not in {400, 422} or _RUN_DETAILS not in failure.words:
                    raise
                self._tells_runs = False
        return workflow.dispatch(ref, inputs, run_details=False)

    def _own_login(self, client: GitHubClient) -> str | None:
        if self._login is None:
            self._login = login_of(client)
        return self._login


def _ref(request: BuildRequest, workflow: Workflow) -> str:
    return request.build.ref or request.source.branch or workflow.default_branch()


def _file(workflow: Workflow, ref: str) -> WorkflowFile:
    try:
        return parse_workflow(workflow.file(ref))
    except (UnreadableWorkflow, NotAFile) as error:
        raise Refused(f"{_shown(workflow)} at {ref} cannot be used: {error}") from error


def _dispatchable(file: WorkflowFile, request: BuildRequest, workflow: Workflow, ref: str) -> frozenset[str]:
    """The declared inputs of a workflow that may be started."""
    where = f"{_shown(workflow)} at {ref}"
    if file.inputs is None:
        raise Refused(f"{where} has no workflow_dispatch, so that nobody can start it; {_TO_ADD}")
    if not request.made_by_admin and REBUILD_ID not in file.inputs:
        raise Refused(f"{where} does not declare the input {REBUILD_ID}, and no admin made this enrollment; {_TO_ADD}")
    return file.inputs


def _dispatched(answer: Answer, not_passed: tuple[str, ...]) -> Dispatched:
    """The run has started, so whatever else is odd about the answer is no failure."""
    match answer.document:
        case {"workflow_run_id": int(run_id), **rest}:
            url = rest.get("html_url")
            return Dispatched(str(run_id), url if isinstance(url, str) else None, not_passed)
        case _:
            return Dispatched(None, None, not_passed)


def _not_done(what: str, failure: GitHubFailure) -> Refused | Unavailable:
    if failure.transient:
        return Unavailable(f"{what}: {failure.words}; tried again later", failure.retry_at)
    return Refused(f"{what}: GitHub refused ({failure.status}): {failure.words}")


def _shown(workflow: Workflow) -> str:
    return f"{workflow.repository}/{workflow.path}"
