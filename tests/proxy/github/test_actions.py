"""Tests of workflow runs before the fake GitHub, which keeps to GitHub's own description."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from proxy.errors import Garbage, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.github.run_types import NotRerunnable
from proxy.http.transport import Transport
from tests.peers.exchange import Answer, Request
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import CarryOut, answered, echoing, redirected, unavailable
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.proxy.clocks import Clock
from tests.proxy.github.run_worlds import BOTH, MONOREPO, OTHER, WORKFLOW, Reader, add_monorepo, newest_first, reader
from tests.proxy.scripted import open_transport

LIST = f"GET /repos/{MONOREPO}/actions/workflows/"


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still at the peer's time, which is the real one."""
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def transport(clock: Clock) -> Iterator[Transport]:
    """A transport that may ask loopback by plain http."""
    with open_transport(clock) as transport:
        yield transport


@pytest.fixture
def service(github: GitHub, transport: Transport, clock: Clock) -> Reader:
    """A reader of an empty GitHub."""
    return reader(github, transport, clock)


def of_workflow(github: GitHub, workflow: str = WORKFLOW, conclusion: str | None = None) -> list[int]:
    """What GitHub knows, newest first."""
    runs = [run for run in github.runs(MONOREPO) if run.workflow.path.endswith(f"/{workflow}")]
    return newest_first([run for run in runs if conclusion in (None, run.conclusion)])


def test_the_fields_of_a_run(service: Reader, clock: Clock) -> None:
    """What the interface promises, from GitHub's words; a running one has taken the time until now."""
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
    """Each run of the workflow once, newest first, none of the other one's; a page again costs nothing."""
    add_monorepo(service.github, BOTH, clock.at)

    assert service.all() == of_workflow(service.github)
    asked = len(service.github.log)
    assert asked == -(-BOTH // 2 // 100)
    assert [run.id for run in service.page(page=5, size=30).items] == of_workflow(service.github)[120:150]
    assert len(service.github.log) == asked


def test_all_pages_with_a_filter_go_past_the_thousand(service: Reader, clock: Clock) -> None:
    """GitHub's filtered list stops at 1,000; here it goes on, though many runs share a second."""
    add_monorepo(service.github, 2 * BOTH, clock.at, in_one_second=300)

    assert service.all(status="failure") == of_workflow(service.github, conclusion="failure")
    assert service.all(branch="main") == of_workflow(service.github)
    assert service.all(branch="none") == []


def test_twenty_askers_of_a_cold_page(service: Reader, clock: Clock) -> None:
    """One request for all of them."""
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


def test_an_expired_page_is_asked_conditionally(service: Reader, clock: Clock) -> None:
    """Nothing is asked for a minute when all have ended; then "unchanged" costs nothing of the rate limit."""
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


def test_running_ones_are_asked_sooner(service: Reader, clock: Clock) -> None:
    """After ten seconds, while one of the page has not ended."""
    service.github.add_repository(MONOREPO, FILES)
    run = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at)
    service.page()
    service.github.finish(run.id, "success")
    clock.at += timedelta(seconds=10)

    assert service.page().items[0].conclusion == "success"


def test_refresh_asks_anew(service: Reader, clock: Clock) -> None:
    """At once, but not every time."""
    add_monorepo(service.github, 4, clock.at)
    service.page()
    service.page(refresh=True)
    service.page(refresh=True)

    assert len(service.github.log) == 2


def test_the_old_page_while_github_fails(service: Reader, clock: Clock) -> None:
    """Marked, with the time of what is shown: for a 503, and when nobody is there; without one it is an error."""
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


def test_an_owner_who_left(service: Reader, clock: Clock) -> None:
    """There is nothing any more, and nothing old is shown either."""
    add_monorepo(service.github, 10, clock.at)
    service.page()
    service.github.remove_owner("acme")
    clock.at += timedelta(minutes=2)

    with pytest.raises(NotFound, match="may not see it"):
        service.page()


def test_a_renamed_repository_is_told(service: Reader, clock: Clock) -> None:
    """GitHub leads to the new one, which may be somebody else's: its runs are not shown under the old name."""
    add_monorepo(service.github, 4, clock.at)
    service.github.add_owner("other", "Organization")
    service.github.rename_repository(MONOREPO, "other/secret")

    with pytest.raises(NotFound, match="other/secret now; enroll it"):
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
    """A redirect elsewhere, an answer that holds our token, and what is no list of runs."""
    add_monorepo(service.github, 4, clock.at)
    service.github.script(f"{LIST}.*", step)  # type: ignore[arg-type]  # a Step

    with pytest.raises(error) as caught:
        service.page()
    assert TOKEN not in str(caught.value)


def test_a_run_is_run_again_and_shown_so(service: Reader, clock: Clock) -> None:
    """One POST; what was kept of the workflow is asked anew though it is fresh."""
    add_monorepo(service.github, 8, clock.at)
    failed = of_workflow(service.github, conclusion="failure")[0]
    service.page()

    service.runs.rerun(MONOREPO, WORKFLOW, failed, failed_only=True)
    again = next(run for run in service.page().items if run.id == failed)

    assert (again.attempt, again.status) == (2, "queued")
    assert [f"{each.method} {each.path}" for each in service.github.log if each.method == "POST"] == [
        f"POST /repos/{MONOREPO}/actions/runs/{failed}/rerun-failed-jobs"
    ]


def test_what_cannot_be_run_again(service: Reader, clock: Clock) -> None:
    """Each in words for a person: it still runs, nothing failed, it is too old, it is another workflow's."""
    add_monorepo(service.github, 8, clock.at)
    running = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at).id
    old = service.github.add_run(MONOREPO, WORKFLOW, created_at=clock.at - timedelta(days=40), conclusion="failure").id
    good = of_workflow(service.github, conclusion="success")[0]
    others = of_workflow(service.github, OTHER)[0]
    wanted: list[tuple[int, type[OutsideFailure], str]] = [
        (running, NotRerunnable, "once it has ended"),
        (good, NotRerunnable, "nothing failed"),
        (others, NotFound, "no run .* of the workflow"),
        (12345, NotFound, "404"),
    ]
    for run_id, error, words in wanted:
        with pytest.raises(error, match=words):
            service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=True)
    assert not [each for each in service.github.log if each.method == "POST"]
    with pytest.raises(NotRerunnable, match=r"created over a month ago$"):
        service.runs.rerun(MONOREPO, WORKFLOW, old, failed_only=False)


def test_a_missing_permission_is_no_state_of_the_run(service: Reader, clock: Clock) -> None:
    """It is told as what it is."""
    add_monorepo(service.github, 4, clock.at)
    service.github.fail("POST /repos/.*/rerun", 403, message="Resource not accessible by personal access token")

    with pytest.raises(Refused, match="check the permissions"):
        service.runs.rerun(MONOREPO, WORKFLOW, of_workflow(service.github)[0], failed_only=False)


@pytest.mark.parametrize("broken", [False, True])
def test_an_outcome_that_is_not_known_is_told_and_not_repeated(service: Reader, clock: Clock, broken: bool) -> None:
    """A 502 after it was carried out, and a connection that breaks: one POST, and what is kept is asked anew."""
    add_monorepo(service.github, 4, clock.at)
    run_id = of_workflow(service.github)[0]
    service.page()
    if broken:
        service.github.script("POST /repos/.*/rerun", answered(None))
    else:
        service.github.lose_answer("POST /repos/.*/rerun")

    with pytest.raises(OutcomeUnknown, match=f"actions/runs/{run_id} first"):
        service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=False)

    assert [each.method for each in service.github.log].count("POST") == 1
    assert service.page().items[0].attempt == (1 if broken else 2)


def test_a_refused_connection_is_no_unknown_outcome(service: Reader, clock: Clock) -> None:
    """The run was read, and then nobody was there: nothing was sent, so nothing was carried out."""
    add_monorepo(service.github, 4, clock.at)
    run_id = of_workflow(service.github)[0]

    def read_and_gone(request: Request, carry_out: CarryOut) -> Answer | None:
        answer = carry_out()
        service.github.down()
        return answer

    service.github.script("GET /repos/.*/runs/.*", read_and_gone)

    with pytest.raises(Unreachable):
        service.runs.rerun(MONOREPO, WORKFLOW, run_id, failed_only=False)


def test_a_rate_limit_is_no_unknown_outcome(service: Reader, clock: Clock) -> None:
    """Nothing was carried out, and the time to come back is told."""
    add_monorepo(service.github, 4, clock.at)
    service.github.fail("POST /repos/.*/rerun", 429, headers={"Retry-After": "30"})

    with pytest.raises(Unavailable) as caught:
        service.runs.rerun(MONOREPO, WORKFLOW, of_workflow(service.github)[0], failed_only=False)
    assert caught.value.retry_at == clock.at + timedelta(seconds=30)
