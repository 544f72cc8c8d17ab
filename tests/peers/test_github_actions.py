"""The fake GitHub's workflows and runs, tested with PyGithub and plain requests."""

from datetime import UTC, datetime

import pytest
import requests
from github import GithubException
from github.Repository import Repository
from github.Workflow import Workflow

from tests.peers.github.controls import TOKEN
from tests.peers.github.runs import Run
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, INPUTS, NAME, dispatch, get
from tests.peers.process import PeerFailed, wait_until


def test_a_dispatch_creates_a_run_with_its_title(github: GitHub, portal: Repository, build: Workflow) -> None:
    """Without run details the answer is empty; the run has the id in its title, and default inputs."""
    assert build.create_dispatch("main", INPUTS, throw=True)

    (run,) = build.get_runs(event="workflow_dispatch")
    assert (run.display_title, run.status, run.event) == ("Build r-1", "queued", "workflow_dispatch")
    assert github.runs(NAME)[0].inputs == INPUTS | {"image_factory_reason": "none given"}
    assert portal.get_workflow_run(run.id).head_sha == portal.get_commit("main").sha


def test_a_dispatch_returns_its_run_on_request(github: GitHub, portal: Repository) -> None:
    """With `return_run_details` the answer has the id and the addresses."""
    answer = dispatch(github, {"ref": "main", "inputs": INPUTS, "return_run_details": True})

    assert answer.status_code == 200
    assert answer.json()["workflow_run_id"] == github.runs()[0].id
    assert requests.get(answer.json()["run_url"], timeout=60).json()["display_title"] == "Build r-1"


@pytest.mark.parametrize(
    ("workflow", "body", "status", "message"),
    [
        ("build.yml", {"ref": "none", "inputs": INPUTS}, 422, "No ref found for: none"),
        (
            "build.yml",
            {"ref": "main", "inputs": INPUTS | {"b": "1", "a": "1"}},
            422,
            'Unexpected inputs provided: ["a", "b"]',
        ),
        ("build.yml", {"ref": "main"}, 422, "Required input 'image_factory_rebuild_id' not provided"),
        (
            "build.yml",
            {"ref": "main", "inputs": {str(number): "x" for number in range(26)}},
            422,
            "Invalid request.\n\nNo more than 25 properties are allowed; 26 were supplied.",
        ),
        ("build.yml", {}, 422, 'Invalid request.\n\n"ref" wasn\'t supplied.'),
        ("lint.yml", {"ref": "main"}, 422, "Workflow does not have 'workflow_dispatch' trigger"),
        ("none.yml", {"ref": "main"}, 404, "Not Found"),
    ],
)
def test_a_wrong_dispatch_is_refused(
    github: GitHub, portal: Repository, workflow: str, body: object, status: int, message: str
) -> None:
    """The status and the message are GitHub's, and no run starts."""
    answer = dispatch(github, body, workflow=workflow)

    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert github.runs() == []


def test_an_enterprise_server_refuses_run_details() -> None:
    """Versions up to 3.20 do not know the field; without it the dispatch is accepted."""
    with GitHub(ghes=True) as github:
        github.add_repository(NAME, FILES)
        body = {"ref": "main", "inputs": INPUTS}

        assert dispatch(github, body | {"return_run_details": True}).status_code == 400
        assert dispatch(github, body).status_code == 204


def test_a_dispatch_needs_a_token_that_writes(github: GitHub, portal: Repository) -> None:
    """Without a token, with a wrong one and with a reading one it is refused."""
    github.add_token("ghp_reader", "reader", can_write=False)
    body = {"ref": "main", "inputs": INPUTS}

    assert [dispatch(github, body, token).status_code for token in (None, "wrong", "ghp_reader")] == [401, 401, 403]


def test_a_run_goes_through_its_states(github: GitHub, portal: Repository, build: Workflow) -> None:
    """Queued, in progress, failed; run again it keeps its id and counts attempts; then it is cancelled."""
    github.state.clock = lambda: datetime(2026, 5, 1, 12, tzinfo=UTC)
    run = portal.get_workflow_run(github.add_run(NAME, "build.yml").id)
    seen = []
    for step in (
        lambda: github.start(run.id),
        lambda: github.finish(run.id, "failure"),
        run.rerun_failed_jobs,
        run.cancel,
    ):
        step()
        now = portal.get_workflow_run(run.id)
        seen.append((now.status, now.conclusion, now.run_attempt))

    assert seen == [
        ("in_progress", None, 1),
        ("completed", "failure", 1),
        ("queued", None, 2),
        ("completed", "cancelled", 2),
    ]
    (job,) = run.jobs()
    assert (job.status, job.conclusion) == ("completed", "cancelled")


@pytest.mark.parametrize(
    ("conclusion", "action", "status"),
    [
        (None, "rerun", 403),
        ("success", "rerun-failed-jobs", 403),
        ("success", "cancel", 409),
        ("success", "rerun", 201),
    ],
)
def test_a_run_refuses_wrong_actions(
    github: GitHub, portal: Repository, conclusion: str | None, action: str, status: int
) -> None:
    """A running one is not run again, a finished one is not cancelled, and a successful one has no failed jobs."""
    run = github.add_run(NAME, "build.yml")
    if conclusion == "success":
        github.finish(run.id, "success")
    address = f"{github.url}/repos/{NAME}/actions/runs/{run.id}/{action}"

    answer = requests.post(address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
    assert answer.status_code == status


def test_runs_are_filtered(github: GitHub, portal: Repository, build: Workflow) -> None:
    """Filters are workflow, event, status, branch and actor."""
    github.commit(NAME, {"README.md": "new"}, branch="feature")
    ids = [
        github.add_run(NAME, "lint.yml").id,
        github.add_run(NAME, "build.yml", ref="feature", actor="mona").id,
        github.add_run(NAME, "build.yml", event="schedule").id,
    ]
    github.finish(ids[1], "success")

    def found(query: str) -> list[int]:
        runs = get(github, f"/repos/{NAME}/actions/workflows/build.yml/runs{query}").json()["workflow_runs"]
        return [run["id"] for run in runs]

    assert [run.id for run in portal.get_workflow_runs()] == ids[::-1]
    assert [run.id for run in build.get_runs(event="schedule")] == found("?event=schedule") == [ids[2]]
    assert (found(""), found("?status=success"), found("?status=queued")) == (ids[:0:-1], [ids[1]], [ids[2]])
    assert (found("?branch=feature"), found("?actor=mona"), found("?created=<2000-01-01")) == ([ids[1]], [ids[1]], [])


def test_lists_are_paged_by_link(github: GitHub, portal: Repository, build: Workflow) -> None:
    """PyGithub follows Link over three pages and finds each run once."""
    for _ in range(205):
        github.add_run(NAME, "build.yml")
    github.log.clear()

    assert len({run.id for run in build.get_runs()}) == 205
    assert len(github.log) == 3
    first = get(github, f"/repos/{NAME}/actions/runs?per_page=100&page=2")
    assert set(first.links) == {"prev", "next", "last", "first"}


def test_a_build_runs_on_dispatch(github: GitHub, portal: Repository, build: Workflow) -> None:
    """The runner gets the run and finishes it."""

    def runner(run: Run) -> None:
        github.start(run.id)
        github.finish(run.id, "success" if run.inputs["image_factory_rebuild_id"] == "r-1" else "failure")

    github.on_dispatch(runner)
    build.create_dispatch("main", INPUTS, throw=True)

    wait_until(lambda: github.runs()[0].conclusion == "success", "the run should succeed")


def test_a_build_that_breaks_fails_its_test() -> None:
    """An exception in a runner is raised at the end."""

    def runner(run: Run) -> None:
        raise LookupError(run.title)

    def dispatch_to_runner() -> None:
        with GitHub() as github:
            github.add_repository(NAME, FILES)
            github.on_dispatch(runner)
            assert dispatch(github, {"ref": "main", "inputs": INPUTS}).status_code == 204

    with pytest.raises(PeerFailed) as caught:
        dispatch_to_runner()

    assert isinstance(caught.value.__cause__, LookupError)


def test_faults_carry_nothing_out_and_lost_answers_do(github: GitHub, portal: Repository, build: Workflow) -> None:
    """A scripted error starts no run; a lost answer does, and looks the same to the client."""
    match = f"POST /repos/{NAME}/actions/.*/dispatches"
    github.fail(match, 502)
    with pytest.raises(GithubException, match="502"):
        build.create_dispatch("main", INPUTS, throw=True)
    assert github.runs() == []

    github.lose_answer(match)
    with pytest.raises(GithubException, match="502"):
        build.create_dispatch("main", INPUTS, throw=True)
    assert len(github.runs()) == 1
    assert build.create_dispatch("main", INPUTS, throw=True)
