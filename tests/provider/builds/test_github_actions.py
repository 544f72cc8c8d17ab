"""GitHub Actions: what is sent, that it is sent once, and the meaning of each answer."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provider.builds.github_actions import GitHubActions
from provider.domain.build_request import BASE_IMAGES, REASON, REBUILD_ID, BuildRequest, StartedBuild
from provider.domain.enrollment import Build, Source
from provider.domain.policy.authority import Authority
from provider.ports import BuildSystem
from proxy.errors import Never, NotFound, OutcomeUnknown, Refused, Unavailable, Unreachable
from proxy.github.credentials import FixedToken
from proxy.github.renames import Renamed
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.github.controls import LOGIN, TOKEN
from tests.peers.github.server import GitHub
from tests.peers.process import LOOPBACK, reserved_port
from tests.provider.builds.samples import NOW, REPOSITORY, TARGET, WORKFLOWS, request
from tests.proxy.clocks import StandingClock
from tests.proxy.github.sessions import open_session
from tests.proxy.scripted import open_transport

DISPATCH = f"POST /repos/{REPOSITORY}/actions/.*/dispatches"


@pytest.fixture
def peer(github: GitHub) -> GitHub:
    """A GitHub server with the sample workflows; its clock shows the time of the sample requests."""
    github.state.clock = lambda: NOW.replace(microsecond=0)
    github.add_repository(REPOSITORY, WORKFLOWS)
    return github


@pytest.fixture
def session(peer: GitHub) -> Iterator[GitHubSession]:
    """A session with a token that has every permission."""
    with open_session(peer.url) as opened:
        yield opened


@pytest.fixture
def system(session: GitHubSession) -> BuildSystem:
    """The build system under test."""
    return GitHubActions(session)


def posts(peer: GitHub) -> int:
    """The number of requests that can start a run."""
    return sum(seen.method == "POST" for seen in peer.log)


def test_declared_inputs_are_passed(peer: GitHub, system: BuildSystem) -> None:
    """The workflow gets the id, the reason and every base, and the answer has the run."""
    dispatched = system.dispatch(request())

    (run,) = peer.runs()
    assert dispatched.run_id == str(run.id)
    assert dispatched.url == f"https://github.com/{REPOSITORY}/actions/runs/{run.id}"
    assert dispatched.not_passed == ()
    assert (run.title, run.inputs[REASON]) == ("Build r-1", "node:22 has aged 7 days")
    assert json.loads(run.inputs[BASE_IMAGES]) == [TARGET.document()]


def test_undeclared_inputs_are_listed_and_not_sent(peer: GitHub, system: BuildSystem) -> None:
    """GitHub refuses an input that the workflow does not declare."""
    dispatched = system.dispatch(request(workflow="plain.yml"))

    assert dispatched.not_passed == (REBUILD_ID, REASON, BASE_IMAGES)
    assert peer.runs()[0].inputs == {}


@pytest.mark.parametrize(
    ("build_ref", "branch", "built"),
    [("release", "develop", "release"), (None, "develop", "develop"), (None, None, "main")],
)
def test_which_branch_is_built(
    peer: GitHub, system: BuildSystem, build_ref: str | None, branch: str | None, built: str
) -> None:
    """The ref of the build, else the branch of the source, else the default branch of the repository."""
    for each in ("release", "develop"):
        peer.commit(REPOSITORY, {"README.md": each}, branch=each)
    build = Build("github-actions", workflow="build.yml", ref=build_ref)

    system.dispatch(request(build=build, source=Source("github", REPOSITORY, branch=branch)))

    assert peer.runs()[0].head_branch == built


@pytest.mark.parametrize(
    ("workflow", "words"),
    [
        ("lint.yml", "has no workflow_dispatch.*add `on: workflow_dispatch:`"),
        ("none.yml", "none.yml on main does not exist"),
        ("demanding.yml", "422.*Required input 'version' not provided"),
    ],
)
def test_a_workflow_that_cannot_be_dispatched_is_refused(
    peer: GitHub, system: BuildSystem, workflow: str, words: str
) -> None:
    """The message says which workflow and what to do."""
    with pytest.raises(Never, match=words):
        system.dispatch(request(workflow=workflow))

    assert peer.runs() == []


TEAM = Authority(
    shows_runs=False, owner_acts=False, claims_image=False, needs_id=True, needs_default_branch=True, no_build=None
)


def of_team(**changes: Any) -> BuildRequest:
    """A request of an entry in a team's file, for which there is no rule."""
    return request(file="images.d/team-a.yaml", **{"authority": TEAM, **changes})


def test_without_a_rule_only_workflows_that_declare_our_id_are_started(peer: GitHub, system: BuildSystem) -> None:
    """By declaring the id a repository agrees to be built; the message has the rule that is missing."""
    words = r'no rule lets images.d/team-a.yaml start it.*workflows: \["plain.yml"\]'
    with pytest.raises(Refused, match=f"does not declare the input {REBUILD_ID}, and {words}"):
        system.dispatch(of_team(workflow="plain.yml"))
    assert posts(peer) == 0

    assert system.dispatch(of_team()).run_id
    assert system.dispatch(of_team(workflow="plain.yml", authority=replace(TEAM, needs_id=False))).not_passed


@pytest.mark.parametrize(
    ("branch", "ref"),
    [
        (None, "unreviewed"),
        (None, "refs/heads/unreviewed"),
        (None, "refs/tags/main"),
        ("unreviewed", None),
        ("main", "unreviewed"),
    ],
)
def test_without_a_rule_only_the_default_branch_is_built(
    peer: GitHub, system: BuildSystem, branch: str | None, ref: str | None
) -> None:
    """Nothing of another branch is read or started; the message has the rule that is missing."""
    asked = request()
    asked = of_team(source=replace(asked.source, branch=branch), build=replace(asked.build, ref=ref))
    words = "is not the default branch of acme/portal .main., and no rule lets images.d/team-a.yaml build it"

    with pytest.raises(Refused, match=f"{words}; add to rules in policy.yaml: .files.*sources: .*refs: "):
        system.dispatch(asked)
    assert posts(peer) == 0


@pytest.mark.parametrize(
    ("branch", "ref"), [(None, None), ("main", None), (None, "main"), (None, "refs/heads/main"), ("other", "main")]
)
def test_the_default_branch_may_be_named(system: BuildSystem, branch: str | None, ref: str | None) -> None:
    """With or without its prefix."""
    asked = request()

    assert system.dispatch(
        of_team(source=replace(asked.source, branch=branch), build=replace(asked.build, ref=ref))
    ).run_id


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_not_repeated(peer: GitHub, system: BuildSystem, status: int) -> None:
    """Two failures are scripted, and one dispatch gets only one of them: a second POST could start a second run."""
    peer.fail(DISPATCH, status, times=2)

    with pytest.raises(OutcomeUnknown, match="scripted fault"):
        system.dispatch(request())

    assert posts(peer) == 1


@pytest.mark.parametrize(
    ("status", "message"), [(422, "Workflow is disabled"), (403, "Resource not accessible"), (404, "Not Found")]
)
def test_a_refusal_has_the_message_of_github(peer: GitHub, system: BuildSystem, status: int, message: str) -> None:
    """One POST is sent, and the error has GitHub's message."""
    peer.fail(DISPATCH, status, message=message, times=2)

    with pytest.raises(Never, match=rf"answered {status} to POST .*/build.yml/dispatches \({message}\)"):
        system.dispatch(request())

    assert posts(peer) == 1


def test_dispatches_of_several_threads_are_a_second_apart(peer: GitHub) -> None:
    """Four rebuilds that are due at the same time start one workflow a second, as GitHub's documentation requires."""
    clock = StandingClock()
    with open_transport(clock) as transport, ThreadPoolExecutor(4) as pool:
        system = GitHubActions(GitHubSession(transport, peer.url, FixedToken(Secret(TOKEN))))
        list(pool.map(lambda number: system.dispatch(request(f"r-{number}")), range(4)))

    assert sorted(clock.slept) == [1.0, 2.0, 3.0]
    assert len(peer.runs()) == 4


def test_an_exceeded_rate_limit_has_the_time_of_its_reset(peer: GitHub, system: BuildSystem) -> None:
    """GitHub answers 403, as for a missing permission; the headers show that it is the rate limit."""
    reset = int(datetime.now(UTC).timestamp()) + 1800
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    peer.fail(DISPATCH, 403, headers, "API rate limit exceeded for user ID 1.")

    with pytest.raises(Unavailable, match="rate limit is used up") as caught:
        system.dispatch(request())

    assert caught.value.retry_at == datetime.fromtimestamp(reset, UTC)


def test_a_failure_before_the_dispatch_starts_nothing(peer: GitHub, system: BuildSystem) -> None:
    """If the workflow file cannot be read, no request is sent that could start a run."""
    peer.fail(f"GET /repos/{REPOSITORY}/contents/.*", 502, times=3)

    with pytest.raises(Unavailable):
        system.dispatch(request())

    assert posts(peer) == 0


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """A refused connection transmits nothing, so the dispatch may be sent again."""
    with (
        reserved_port() as port,
        open_session(f"http://{LOOPBACK}:{port}") as session,
        pytest.raises(Unreachable, match="refused the connection"),
    ):
        GitHubActions(session).dispatch(request(source=Source("github", REPOSITORY, branch="main")))


def test_an_enterprise_server_is_asked_again_without_run_details() -> None:
    """Up to 3.20 it refuses the field; later dispatches leave the field out, and the run is found by its id."""
    with GitHub(ghes=True) as peer:
        peer.state.clock = lambda: NOW
        peer.add_repository(REPOSITORY, WORKFLOWS)
        with open_session(peer.url) as session:
            system = GitHubActions(session)
            dispatched = [system.dispatch(request(each)) for each in ("r-1", "r-2")]
            found = system.find(request("r-2"))

        assert [each.run_id for each in dispatched] == [None, None]
        assert found is not None
        assert found.id == str(peer.runs()[1].id)
        assert (posts(peer), len(peer.runs())) == (3, 2)


def test_a_run_of_another_actor_is_not_adopted(peer: GitHub, system: BuildSystem) -> None:
    """Without ids only a run of our own account can be ours."""
    peer.add_run(REPOSITORY, "plain.yml", event="workflow_dispatch", actor="mona")
    assert system.find(request(workflow="plain.yml")) is None

    ours = peer.add_run(REPOSITORY, "plain.yml", event="workflow_dispatch", actor=LOGIN)
    found = system.find(request(workflow="plain.yml"))

    assert found is not None
    assert found.id == str(ours.id)


def test_an_earlier_run_is_not_adopted(peer: GitHub, system: BuildSystem) -> None:
    """It was started before the request."""
    peer.state.clock = lambda: NOW - timedelta(seconds=30)
    peer.add_run(REPOSITORY, "plain.yml", event="workflow_dispatch", actor=LOGIN)

    assert system.find(request(workflow="plain.yml")) is None


class Installed(FixedToken):
    """Credentials that know the account they act as, as an App's do."""

    def login(self, owner: str) -> str | None:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return LOGIN


def test_without_a_known_login_no_run_is_adopted(peer: GitHub, session: GitHubSession) -> None:
    """A run without id is adopted only if the credentials or GitHub return the account that is ours."""
    peer.add_run(REPOSITORY, "plain.yml", event="workflow_dispatch", actor=LOGIN)
    peer.fail("GET /user", 403, message="Resource not accessible by integration")

    assert GitHubActions(session).find(request(workflow="plain.yml")) is None
    with open_session(peer.url, Installed(Secret(TOKEN))) as known:
        assert GitHubActions(known).find(request(workflow="plain.yml")) is not None


def test_a_run_is_found_beyond_the_first_page(peer: GitHub, system: BuildSystem) -> None:
    """The newest runs are listed first, and many runs were started after ours."""
    run_id = system.dispatch(request()).run_id
    for number in range(120):
        peer.add_run(REPOSITORY, "build.yml", event="workflow_dispatch", inputs={REBUILD_ID: f"s-{number}"})

    found = system.find(request())

    assert found is not None
    assert found.id == run_id


@pytest.mark.parametrize(
    "ask",
    [
        lambda system: system.find(request()),
        lambda system: system.shows_ids(request()),
        lambda system: system.run(request(), "1"),
    ],
    ids=["find", "shows_ids", "run"],
)
def test_reading_is_unavailable_while_github_is(
    peer: GitHub, system: BuildSystem, ask: Callable[[BuildSystem], object]
) -> None:
    """After a server error it is not known whether there is a run."""
    peer.fail("GET /", 502, times=3)

    with pytest.raises(Unavailable):
        ask(system)


def test_no_token_is_in_a_message(peer: GitHub) -> None:
    """The message about a refused token does not contain the token."""
    wrong = "ghp_wrongwrongwrong"
    with (
        open_session(peer.url, FixedToken(Secret(wrong))) as session,
        pytest.raises(Refused, match="Bad credentials") as caught,
    ):
        GitHubActions(session).dispatch(request())

    assert wrong not in str(caught.value)


def test_a_source_that_is_not_on_github_is_refused(system: BuildSystem) -> None:
    """Only repositories on GitHub have workflows."""
    with pytest.raises(Refused, match="builds only repositories on GitHub"):
        system.dispatch(request(source=Source("git", "https://git.example.com/portal.git")))


@pytest.mark.parametrize(
    "ask",
    [lambda system, run_id: system.run(request(), run_id), lambda system, _: system.find(request())],
    ids=["run", "find"],
)
def test_a_run_of_a_renamed_repository_is_not_read(
    peer: GitHub, system: BuildSystem, ask: Callable[[BuildSystem, str], object]
) -> None:
    """The failure names the new repository, which may have another owner; a run is not reported as missing."""
    run_id = system.dispatch(request()).run_id
    peer.add_owner("other", "Organization")
    peer.rename_repository(REPOSITORY, "other/portal")

    with pytest.raises(Renamed, match=f"github:{REPOSITORY} was renamed or moved to other/portal; use its new name"):
        ask(system, str(run_id))


@pytest.mark.parametrize(
    ("workflow", "startable", "inputs", "demanded"),
    [
        ("build.yml", True, {REBUILD_ID, REASON, BASE_IMAGES}, set()),
        ("plain.yml", True, set(), set()),
        ("lint.yml", False, set(), set()),
        ("demanding.yml", True, set(), {"version"}),
    ],
)
def test_what_a_dispatch_would_start(
    peer: GitHub, system: BuildSystem, workflow: str, startable: bool, inputs: set[str], demanded: set[str]
) -> None:
    """The workflow at the default branch, whether it can be started, and the inputs that it takes and needs."""
    described = system.describe(request(workflow=workflow))

    assert described.where == f"{REPOSITORY}/.github/workflows/{workflow} at main"
    assert (described.startable, set(described.inputs), set(described.demanded)) == (startable, inputs, demanded)
    assert (described.ref, described.default_branch) == ("main", "main")
    assert posts(peer) == 0


def test_the_default_branch_is_asked_for_where_the_authority_needs_it(peer: GitHub, system: BuildSystem) -> None:
    """An entry that may build every branch and names one costs one request."""
    peer.commit(REPOSITORY, {"README.md": "x"}, branch="release")
    build = Build("github-actions", workflow="build.yml", ref="release")

    assert system.describe(of_team(build=build)).default_branch == "main"
    peer.log.clear()
    described = system.describe(request(build=build))

    assert (described.ref, described.default_branch) == ("release", None)
    assert len(peer.log) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"workflow": "none.yml"}, "none.yml on main does not exist"),
        ({"source": Source("github", REPOSITORY, branch="none")}, "has no branch none"),
        ({"source": Source("github", "acme/none")}, "there is no repository|does not exist"),
    ],
)
def test_what_cannot_be_started_is_not_described(system: BuildSystem, changes: dict[str, Any], words: str) -> None:
    """The message says what is not there."""
    with pytest.raises(NotFound, match=words):
        system.describe(request(**changes))


def started(system: BuildSystem, count: int) -> list[StartedBuild]:
    """Builds of one repository, as they are asked for."""
    asked = [request(f"r-{number}") for number in range(count)]
    return [StartedBuild(each, system.dispatch(each).run_id, NOW) for each in asked]


def test_all_runs_of_a_repository_are_read_with_one_request(peer: GitHub, system: BuildSystem) -> None:
    """However many are in progress; one alone is asked for by its id."""
    builds = started(system, 30)
    peer.finish(int(builds[3].run_id or ""), "failure")
    before = len(peer.log)

    found = system.runs(builds)
    assert [seen.path for seen in peer.log[before:]] == [f"/repos/{REPOSITORY}/actions/runs"]
    assert [run and run.id for run in found.values()] == [build.run_id for build in builds]
    assert [name for name, run in found.items() if run and run.conclusion] == ["r-3"]
    system.runs(builds[:1])
    assert peer.log[-1].path == f"/repos/{REPOSITORY}/actions/runs/{builds[0].run_id}"
    assert len(peer.log) == before + 2


def test_runs_that_the_list_does_not_show_are_asked_for_alone(peer: GitHub, system: BuildSystem) -> None:
    """Those of a deleted run are none, and a run beyond the first page is found."""
    builds = started(system, 2)
    for _ in range(120):
        peer.add_run(REPOSITORY, "build.yml", event="workflow_dispatch", created_at=NOW + timedelta(minutes=1))
    gone = replace(builds[0], request=request("gone"), run_id="424242")

    found = system.runs([*builds, gone])
    assert found["gone"] is None
    assert [run and run.id for run in found.values()][:2] == [build.run_id for build in builds]


def test_the_builds_of_a_repository_are_one_group(system: BuildSystem) -> None:
    """Names at GitHub have no case; all repositories share the hourly limit of the token."""
    one, other = request("r-1"), replace(request("r-2"), source=Source("github", REPOSITORY.upper()))
    elsewhere = system.group(replace(one, source=Source("github", "umbrella/app")))

    assert system.group(one) == system.group(other)
    assert system.group(one).name != elsewhere.name
    assert system.group(one).budget == elsewhere.budget
