"""The fake GitHub's long lists of runs, their attempts, jobs and logs."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from github.Repository import Repository

from tests.peers.github.contract import Json
from tests.peers.github.controls import TOKEN
from tests.peers.github.runs import Conclusion
from tests.peers.github.server import GitHub
from tests.peers.github_samples import NAME, get

START = datetime(2026, 3, 1, tzinfo=UTC)
RUNS = f"/repos/{NAME}/actions/runs"


def post(github: GitHub, path: str) -> requests.Response:
    """A plain POST with the token."""
    return requests.post(f"{github.url}{path}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)


def add_runs(github: GitHub, count: int) -> None:
    """Add finished runs, one hour apart, every fifth of the second workflow."""
    for hour in range(count):
        workflow = "lint.yml" if hour % 5 == 0 else "build.yml"
        github.add_run(NAME, workflow, created_at=START + timedelta(hours=hour), conclusion="success")


def page(github: GitHub, path: str) -> tuple[Json, list[datetime]]:
    """A list's total, and the creation times of the runs on one page."""
    document = get(github, path).json()
    moments = [datetime.fromisoformat(run["created_at"]) for run in document["workflow_runs"]]
    return document["total_count"], moments


def test_only_filtered_lists_stop_at_a_thousand(github: GitHub, portal: Repository) -> None:
    """Of 2,500 runs the unfiltered list has all; with a filter, pages after 1,000 results are empty."""
    add_runs(github, 2500)

    assert page(github, f"{RUNS}?per_page=2&page=1250") == (2500, [START + timedelta(hours=1), START])
    build = f"/repos/{NAME}/actions/workflows/build.yml/runs"
    assert page(github, f"{build}?per_page=2&page=1000") == (2000, [START + timedelta(hours=hour) for hour in (2, 1)])
    last = get(github, f"{build}?status=success&per_page=10&page=100")
    assert (len(last.json()["workflow_runs"]), set(last.links)) == (10, {"prev", "first"})
    assert page(github, f"{build}?status=success&per_page=10&page=101") == (1000, [])


def test_created_reads_runs_after_the_thousand(github: GitHub, portal: Repository) -> None:
    """A time with `<=` and a range of days list the runs that were created then."""
    add_runs(github, 60)
    noon = "2026-03-02T12:00:00Z"

    assert page(github, f"{RUNS}?created=<={noon}&per_page=1") == (37, [datetime.fromisoformat(noon)])
    assert page(github, f"{RUNS}?created=2026-03-02..2026-03-02&per_page=1")[0] == 24


def test_a_rerun_keeps_the_earlier_attempt(github: GitHub, portal: Repository) -> None:
    """The id stays and the attempt is counted; jobs are listed for the latest, for all and for each attempt."""
    github.state.clock = lambda: START
    github.add_token("ghp_mona", "mona")
    run = github.add_run(NAME, "build.yml", conclusion="failure")
    address = f"{RUNS}/{run.id}"

    headers = {"Authorization": "Bearer ghp_mona"}
    assert requests.post(f"{github.url}{address}/rerun-failed-jobs", headers=headers, timeout=60).status_code == 201

    now, before = get(github, address).json(), get(github, f"{address}/attempts/1").json()
    assert (now["id"], now["run_attempt"], now["status"], now["triggering_actor"]["login"]) == (
        run.id,
        2,
        "queued",
        "mona",
    )
    assert now["previous_attempt_url"] == f"{github.url}{address}/attempts/1"
    assert (before["id"], before["run_attempt"], before["conclusion"]) == (run.id, 1, "failure")
    latest, every, first = (
        [(job["id"], job["conclusion"]) for job in get(github, f"{address}/{jobs}").json()["jobs"]]
        for jobs in ("jobs", "jobs?filter=all", "attempts/1/jobs")
    )
    assert (every, first[0][1], latest[0][1]) == (first + latest, "failure", None)
    assert get(github, f"{address}/attempts/3").status_code == 404
    job = get(github, f"/repos/{NAME}/actions/jobs/{first[0][0]}").json()
    assert (job["run_attempt"], job["conclusion"]) == (1, "failure")


@pytest.mark.parametrize(
    ("age", "conclusion", "message"),
    [
        (timedelta(days=31), "failure", "Unable to retry this workflow run because it was created over a month ago"),
        (timedelta(), None, "This workflow is already running"),
    ],
)
def test_some_runs_cannot_be_run_again(
    github: GitHub, portal: Repository, age: timedelta, conclusion: Conclusion | None, message: str
) -> None:
    """Old and running runs are refused with GitHub's message."""
    github.state.clock = lambda: START
    run = github.add_run(NAME, "build.yml", created_at=START - age, conclusion=conclusion)

    for action in ("rerun", "rerun-failed-jobs"):
        answer = post(github, f"{RUNS}/{run.id}/{action}")
        assert (answer.status_code, answer.json()["message"]) == (403, message)
    assert portal.get_workflow_run(run.id).rerun_failed_jobs() is False
    assert run.attempt == 1


def test_a_jobs_log_is_on_another_host(github: GitHub, portal: Repository) -> None:
    """The signed address works only without credentials, and exists after the job has ended."""
    run = github.add_run(NAME, "build.yml")
    log = f"/repos/{NAME}/actions/jobs/{run.job_id}/logs"
    assert get(github, log).status_code == 404
    github.finish(run.id, "success")

    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.get(f"{github.url}{log}", headers=headers, allow_redirects=False, timeout=60)

    signed = answer.headers["Location"]
    assert (answer.status_code, signed.startswith(f"{github.log_storage.url}/")) == (302, True)
    assert f"Log of job {run.job_id}" in requests.get(signed, timeout=60).text
    assert requests.get(signed, headers=headers, timeout=60).status_code == 400
    assert requests.get(signed.partition("?")[0], timeout=60).status_code == 403
    assert [seen.authorized for seen in github.log_storage.log] == [False, True, False]
