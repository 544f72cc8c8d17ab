"""Attempts of workflow runs, their jobs and the jobs' logs."""

from collections.abc import Mapping, Sequence

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.actions import run_document, run_of
from tests.peers.github.call import Call, Perform, Refused, paged
from tests.peers.github.runs import Run, of_job


def _attempt(call: Call, run: Run, number: int) -> Run:
    if not 1 <= number <= run.attempt:
        raise Refused(404, "Not Found")
    return run.attempts[number - 1]


def _attempt_in_path(call: Call) -> Run:
    return _attempt(call, run_of(call), int(call.parameters["attempt_number"]))


def _jobs(call: Call, attempts: Sequence[Run]) -> Answer:
    return paged(call, attempts, "jobs", document=call.documents.job)


def get_attempt(call: Call) -> Answer:
    """GET .../actions/runs/ID/attempts/NUMBER."""
    return json_answer(200, run_document(call, _attempt_in_path(call)))


def list_jobs(call: Call) -> Answer:
    """GET .../actions/runs/ID/jobs: of the latest attempt, or of all."""
    run = run_of(call)
    return _jobs(call, run.attempts if call.query.get("filter") == "all" else [run])


def list_jobs_of_attempt(call: Call) -> Answer:
    """GET .../actions/runs/ID/attempts/NUMBER/jobs."""
    return _jobs(call, [_attempt_in_path(call)])


def _attempt_of_job(call: Call) -> Run:
    """The attempt whose only job the path names."""
    repository = call.repository
    run_id, number = of_job(int(call.parameters["job_id"]))
    run = call.state.runs.get(run_id)
    if run is None or run.repository is not repository:
        raise Refused(404, "Not Found")
    return _attempt(call, run, number)


def get_job(call: Call) -> Answer:
    """GET .../actions/jobs/ID."""
    return json_answer(200, call.documents.job(_attempt_of_job(call)))


def get_job_log(call: Call) -> Answer:
    """GET .../actions/jobs/ID/logs: a signed address elsewhere, once the job has ended."""
    call.require_token()
    attempt = _attempt_of_job(call)
    if attempt.status != "completed" or call.state.log_address is None:
        raise Refused(404, "Not Found")
    return Answer(302, b"", (("Location", call.state.log_address(attempt.job_id)),))


JOBS: Mapping[str, Perform] = {
    "actions/get-workflow-run-attempt": get_attempt,
    "actions/list-jobs-for-workflow-run": list_jobs,
    "actions/list-jobs-for-workflow-run-attempt": list_jobs_of_attempt,
    "actions/get-job-for-workflow-run": get_job,
    "actions/download-job-logs-for-workflow-run": get_job_log,
}
