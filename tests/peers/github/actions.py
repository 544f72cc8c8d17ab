"""Workflows and their runs: list, read, dispatch, re-run, cancel."""

import json
from collections.abc import Mapping
from datetime import timedelta

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.call import Call, Perform, Refused, paged
from tests.peers.github.contract import Json
from tests.peers.github.repository import Workflow
from tests.peers.github.runs import Run, filtered
from tests.peers.github.workflow_file import WorkflowFile

_MOST_INPUTS = 25
_RERUN_WITHIN = timedelta(days=30)


def workflow_of(call: Call) -> Workflow:
    """The workflow that the path names.

    Raises:
        Refused: there is none.
    """
    workflow = call.repository.workflow(call.parameters["workflow_id"])
    if workflow is None:
        raise Refused(404, "Not Found")
    return workflow


def run_of(call: Call) -> Run:
    """The run that the path names.

    Raises:
        Refused: the repository has none of that id.
    """
    run = call.state.runs.get(int(call.parameters["run_id"]))
    if run is None or run.repository is not call.repository:
        raise Refused(404, "Not Found")
    return run


def run_document(call: Call, run: Run) -> Json:
    """A run, or one of its attempts."""
    repository = run.repository
    return call.documents.run(run, call.state.owners[repository.owner], repository.commits[run.head_sha])


def list_workflows(call: Call) -> Answer:
    """GET .../actions/workflows."""
    repository = call.repository
    workflows = repository.workflows
    return paged(call, workflows, "workflows", document=lambda each: call.documents.workflow(repository, each))


def get_workflow(call: Call) -> Answer:
    """GET .../actions/workflows/ID-OR-FILE."""
    return json_answer(200, call.documents.workflow(call.repository, workflow_of(call)))


def list_workflow_runs(call: Call) -> Answer:
    """GET .../actions/workflows/ID-OR-FILE/runs."""
    workflow = workflow_of(call)
    return _listed(call, [run for run in call.state.runs.values() if run.workflow.id == workflow.id])


def list_repository_runs(call: Call) -> Answer:
    """GET .../actions/runs."""
    repository = call.repository
    return _listed(call, [run for run in call.state.runs.values() if run.repository is repository])


def _listed(call: Call, runs: list[Run]) -> Answer:
    try:
        found = filtered(runs, call.query)
    except ValueError as error:
        raise Refused(422, f"Invalid created: {error}") from error
    return paged(call, found, "workflow_runs", document=lambda run: run_document(call, run))


def get_run(call: Call) -> Answer:
    """GET .../actions/runs/ID."""
    return json_answer(200, run_document(call, run_of(call)))


def dispatch(call: Call) -> Answer:
    """POST .../actions/workflows/ID-OR-FILE/dispatches."""
    token = call.require_writer()
    repository, workflow, body = call.repository, workflow_of(call), call.body
    if not isinstance(body, dict) or "ref" not in body:
        raise Refused(422, 'Invalid request.\n\n"ref" wasn\'t supplied.')
    if call.state.ghes and "return_run_details" in body:
        # Source: GitHub Enterprise Server's REST reference up to 3.20, which has no such property.
        raise Refused(400, 'Invalid request.\n\n"return_run_details" is not a permitted key.')
    commit = repository.resolve(body["ref"])
    if commit is None:
        raise Refused(422, f"No ref found for: {body['ref']}")
    inputs = {name: str(value) for name, value in (body.get("inputs") or {}).items()}
    _check_inputs(repository.workflow_at(workflow, commit), inputs)
    run = call.state.add_run(
        repository, str(workflow.id), event="workflow_dispatch", ref=body["ref"], actor=token.login, inputs=inputs
    )
    if call.state.dispatched:
        call.state.dispatched(run)
    if not body.get("return_run_details"):
        return Answer(204)
    document = run_document(call, run)
    return json_answer(200, {"workflow_run_id": run.id, "run_url": document["url"], "html_url": document["html_url"]})


def _check_inputs(file: WorkflowFile | None, given: Mapping[str, str]) -> None:
    if file is None or file.inputs is None:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    if len(given) > _MOST_INPUTS:
        message = f"No more than {_MOST_INPUTS} properties are allowed; {len(given)} were supplied."
        raise Refused(422, f"Invalid request.\n\n{message}")
    unexpected = sorted(set(given) - set(file.inputs))
    if unexpected:
        raise Refused(422, f"Unexpected inputs provided: {json.dumps(unexpected)}")
    for name, declared in file.inputs.items():
        if declared.required and not declared.default and not given.get(name):
            raise Refused(422, f"Required input '{name}' not provided")


def rerun(call: Call) -> Answer:
    """POST .../actions/runs/ID/rerun: the same id, the next attempt."""
    token = call.require_writer()
    return _rerun(call, run_of(call), token.login)


def rerun_failed_jobs(call: Call) -> Answer:
    """POST .../actions/runs/ID/rerun-failed-jobs."""
    token = call.require_writer()
    run = run_of(call)
    if run.conclusion == "success":
        raise Refused(403, "This workflow run cannot be retried")
    return _rerun(call, run, token.login)


def _rerun(call: Call, run: Run, login: str) -> Answer:
    """Source of the words: threads cli/cli 9221 and 9989; of the days: docs "Re-running workflows and jobs"."""
    if run.status != "completed":
        raise Refused(403, "This workflow is already running")
    if call.state.clock() - run.created_at > _RERUN_WITHIN:
        raise Refused(403, "Unable to retry this workflow run because it was created over a month ago")
    run.rerun(call.state.clock(), login)
    return json_answer(201, {})


def cancel(call: Call) -> Answer:
    """POST .../actions/runs/ID/cancel."""
    call.require_writer()
    run = run_of(call)
    if run.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    run.finish("cancelled", call.state.clock())
    return json_answer(202, {})


ACTIONS: Mapping[str, Perform] = {
    "actions/list-repo-workflows": list_workflows,
    "actions/get-workflow": get_workflow,
    "actions/list-workflow-runs": list_workflow_runs,
    "actions/list-workflow-runs-for-repo": list_repository_runs,
    "actions/get-workflow-run": get_run,
    "actions/create-workflow-dispatch": dispatch,
    "actions/re-run-workflow": rerun,
    "actions/re-run-workflow-failed-jobs": rerun_failed_jobs,
    "actions/cancel-workflow-run": cancel,
}
