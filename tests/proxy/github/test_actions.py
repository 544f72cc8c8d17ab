"""Workflow runs at the fake GitHub, which is checked against GitHub's own API description."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from proxy.errors import Garbage, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.github.renames import Renamed
from proxy.github.run_types import NotRerunnable
from proxy.http.transport import Transport
from tests.peers.exchange import Answer, Request
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import CarryOut, answered, echoing, redirected, unavailable
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.proxy.clocks import Clock
from tests.proxy.github.run_worlds import BOTH, MONOREPO, OTHER, WORKFLOW, Reader, add_monorepo, newest_first, reader

LIST = f"GET /repos/{MONOREPO}/actions/workflows/"


@pytest.fixture
def clock() -> Clock:
    """A clock with the peer's time, which is the real time, and which advances only by sleeping."""
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def service(github: GitHub, transport: Transport, clock: Clock) -> Reader:
    """The runs of an empty GitHub."""
    return reader(github, transport, clock)


def of_workflow(github: GitHub, workflow: str = WORKFLOW, conclusion: str | None = None) -> list[int]:
    """The ids of a workflow's runs at GitHub, newest first."""
    runs = [run for run in github.runs(MONOREPO) if run.workflow.path.endswith(f"/{workflow}")]
    return newest_first([run for run in runs if conclusion in (None, run.conclusion)])


def test_the_fields_of_a_run(service: Reader, clock: Clock) -> None:
    """The fields of a run have GitHub's values; the duration of a running one ends now."""
    service.github.add_repository(MONOREPO, FILES)
    began = clock.at - timedelta(minutes=5)
    run = service.github.add_run(MONOREPO, WORKFLOW, title="Fix the door", created_at=began)
    (queued,) = service.page().items
    service.github.start(run.id)
    clock.at += timedelta(seconds=10)
    (running,) = service.page().items

    assert (queued.status, queued.duration(clock.at)) == ("queued", None)
    assert (running.id, running.title, running.status, running.conclusion) == (
        run.id,
        "Fix the door",
        "in_progress",
        None,
    )
    assert running.duration(clock.at) == timedelta(minutes=5, seconds=10)
    assert (running.head_branch, running.head_sha, running.actor, running.attempt) == (
        "main",
        run.head_sha,
        "octocat",
        1,
    )
    assert running.created_at == began
    assert running.url == f"https://github.com/{MONOREPO}/actions/runs/{run.id}"
    assert running.commit_url == f"https://github.com/{MONOREPO}/commit/{run.head_sha}"


def test_all_pages_of_one_workflow_in_a_monorepo(service: Reader, clock: Clock) -> None:
    """Each run of the workflow occurs once, newest first; a cached page causes no request."""
    add_monorepo(service.github, BOTH, clock.at)

    assert service.all() == of_workflow(service.github)
    asked = len(service.github.log)
    assert asked == -(-BOTH // 2 // 100)
    assert [run.id for run in service.page(page=5, size=30).items] == of_workflow(service.github)[120:150]
    assert len(service.github.log) == asked


def test_a_filtered_list_continues_after_1000_runs(service: Reader, clock: Clock) -> None:
    """GitHub's filtered list stops at 1,000 runs; all runs are found, although many share a second."""
    add_monorepo(service.github, 2 * BOTH, clock.at, in_one_second=300)

    assert service.all(status="failure") == of_workflow(service.github, conclusion="failure")
    assert service.all(branch="main") == of_workflow(service.github)
    assert service.all(branch="none") == []


def test_twenty_callers_of_a_cold_page_cause_one_request(service: Reader, clock: Clock) -> None:
    """All callers wait for the same request."""
    add_monorepo(service.github, 10, clock.at)
    under_way = threading.Event()

    def slowly(request: Request, carry_out: CarryOut) -> Answer | None:
        under_way.wait(5)
        return carry_out()

    service.github.script(f"{LIST}.*", slowly)
    with ThreadPoolExecutor(20) as askers:
        asked = [askers.submit(service.page) for _ in range(20)]
        under_way.set()
        assert {len(each.result().items) for each in asked} == {5}
    assert len(service.github.log) == 1


def test_an_expired_page_is_requested_conditionally(service: Reader, clock: Clock) -> None:
    """If all runs have ended, no request is sent for a minute; then a 304 does not count against the rate limit."""
    add_monorepo(service.github, 10, clock.at)
    service.page()
    clock.at += timedelta(seconds=59)
    service.page()
    assert len(service.github.log) == 1
    used = service.github.rate_limit.used

    clock.at += timedelta(seconds=1)
    page = service.page()

    assert (page.stale, page.fetched_at) == (False, clock.at)
    assert "If-None-Match" in service.github.log[-1].headers
    assert service.github.rate_limit.used == used


def test_a_page_with_a_running_run_expires_earlier(service: Reader, clock: Clock) -> None:
    """It expires after ten seconds."""
    service.github.add_repository(MONOREPO, FILES)
    run = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at)
    service.page()
    service.github.finish(run.id, "success")
    clock.at += timedelta(seconds=10)

    assert service.page().items[0].conclusion == "success"


def test_a_refresh_sends_a_request(service: Reader, clock: Clock) -> None:
    """A refresh fetches at once, but not again within some seconds."""
    add_monorepo(service.github, 4, clock.at)
    service.page()
    service.page(refresh=True)
    service.page(refresh=True)

    assert len(service.github.log) == 2


def test_the_old_page_is_used_while_github_fails(service: Reader, clock: Clock) -> None:
    """It is marked stale, with the time of its answer; without an old page the error is raised."""
    add_monorepo(service.github, 10, clock.at)
    before = service.page()
    clock.at += timedelta(minutes=2)
    service.github.script(f"{LIST}.*", *[unavailable()] * 3)
    failing = service.page()
    service.github.down()
    clock.at += timedelta(minutes=2)
    gone = service.page()

    assert (before.stale, failing.stale, gone.stale) == (False, True, True)
    assert failing.fetched_at == gone.fetched_at == before.fetched_at
    assert gone.items == before.items
    with pytest.raises(Unavailable):
        service.page(OTHER)


def test_runs_of_a_deleted_owner_are_not_found(service: Reader, clock: Clock) -> None:
    """The old page is not returned either."""
    add_monorepo(service.github, 10, clock.at)
    service.page()
    service.github.remove_owner("acme")
    clock.at += timedelta(minutes=2)

    with pytest.raises(NotFound, match="may not see it"):
        service.page()


def test_a_renamed_repository_is_not_found(service: Reader, clock: Clock) -> None:
    """Its new name may have another owner, so its runs are not listed under the old name."""
    add_monorepo(service.github, 4, clock.at)
    service.github.add_owner("other", "Organization")
    service.github.rename_repository(MONOREPO, "other/secret")

    with pytest.raises(Renamed, match="was renamed or moved to other/secret; use its new name"):
        service.page()


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (redirected("http://127.0.0.1:1/repos/acme/portal"), Garbage),
        (echoing(), Garbage),
        (answered(Answer(200, b"<html>", (("Content-Type", "text/html"),))), Garbage),
        (answered(Answer(200, b'{"total_count": 1, "workflow_runs": [{}]}')), Garbage),
    ],
)
def test_answers_that_are_not_used(service: Reader, clock: Clock, step: "object", error: type[OutsideFailure]) -> None:
    """A redirect to another host, an answer with our token, and a body that is not a list of runs are garbage."""
    add_monorepo(service.github, 4, clock.at)
    service.github.script(f"{LIST}.*", step)  # type: ignore[arg-type]  # a Step

    with pytest.raises(error) as caught:
        service.page()
    assert TOKEN not in str(caught.value)


def test_a_run_is_run_again_and_fetched_again(service: Reader, clock: Clock) -> None:
    """One POST is sent; cached answers about the workflow are fetched again although they are fresh."""
    add_monorepo(service.github, 8, clock.at)
    failed = of_workflow(service.github, conclusion="failure")[0]
    service.page()

    service.runs.rerun(MONOREPO, WORKFLOW, failed, failed_only=True)
    again = next(run for run in service.page().items if run.id == failed)

    assert (again.attempt, again.status) == (2, "queued")
    assert [f"{each.method} {each.path}" for each in service.github.log if each.method == "POST"] == [
        f"POST /repos/{MONOREPO}/actions/runs/{failed}/rerun-failed-jobs"
    ]


def test_a_run_that_cannot_be_run_again_has_a_reason(service: Reader, clock: Clock) -> None:
    """The reasons are: it is running, no job failed, it is too old, it is of another workflow."""
    add_monorepo(service.github, 8, clock.at)
    running = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at).id
    old = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at - timedelta(days=40), conclusion="failure").id
    good = of_workflow(service.github, conclusion="success")[0]
    others = of_workflow(service.github, OTHER)[0]
    wanted: list[tuple[int, type[OutsideFailure], str]] = [
        (running, NotRerunnable, "after it has ended"),
        (good, NotRerunnable, "no job failed"),
        (others, NotFound, "no run .* of the workflow"),
        (12345, NotFound, "404"),
    ]
    for run_id, error, words in wanted:
        with pytest.raises(error, match=words):
            service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=True)
    assert not [each for each in service.github.log if each.method == "POST"]
    with pytest.raises(NotRerunnable, match=r"created over a month ago$"):
        service.runs.rerun(MONOREPO, WORKFLOW, old, failed_only=False)


def test_a_missing_permission_is_refused(service: Reader, clock: Clock) -> None:
    """It is not reported as a state of the run."""
    add_monorepo(service.github, 4, clock.at)
    service.github.fail("POST /repos/.*/rerun", 403, message="Resource not accessible by personal access token")

    with pytest.raises(Refused, match="check the permissions"):
        service.runs.rerun(MONOREPO, WORKFLOW, of_workflow(service.github)[0], failed_only=False)


@pytest.mark.parametrize("broken", [False, True])
def test_an_unknown_outcome_is_not_repeated(service: Reader, clock: Clock, broken: bool) -> None:
    """After a 502 or a broken connection, one POST was sent, and cached answers are fetched again."""
    add_monorepo(service.github, 4, clock.at)
    run_id = of_workflow(service.github)[0]
    service.page()
    if broken:
        service.github.script("POST /repos/.*/rerun", answered(None))
    else:
        service.github.lose_answer("POST /repos/.*/rerun")

    with pytest.raises(OutcomeUnknown, match=f"check .*actions/runs/{run_id} before"):
        service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=False)

    assert [each.method for each in service.github.log].count("POST") == 1
    assert service.page().items[0].attempt == (1 if broken else 2)


def test_a_refused_connection_is_not_an_unknown_outcome(service: Reader, clock: Clock) -> None:
    """The POST was not sent, so the run was not run again."""
    add_monorepo(service.github, 4, clock.at)
    run_id = of_workflow(service.github)[0]

    def read_and_gone(request: Request, carry_out: CarryOut) -> Answer | None:
        answer = carry_out()
        service.github.down()
        return answer

    service.github.script("GET /repos/.*/runs/.*", read_and_gone)

    with pytest.raises(Unreachable):
        service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=False)


def test_a_rate_limit_is_not_an_unknown_outcome(service: Reader, clock: Clock) -> None:
    """The run was not run again, and the error has the time of the next request."""
    add_monorepo(service.github, 4, clock.at)
    service.github.fail("POST /repos/.*/rerun", 429, headers={"Retry-After": "30"})

    with pytest.raises(Unavailable) as caught:
        service.runs.rerun(MONOREPO, WORKFLOW, of_workflow(service.github)[0], failed_only=False)
    assert caught.value.retry_at == clock.at + timedelta(seconds=30)
