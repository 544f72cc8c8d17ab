"""GitLab pipelines: what is sent, that it is sent once, and the meaning of each answer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Conclusion
from provider.builds.gitlab import GitLabPipelines
from provider.domain.build_request import BASE_IMAGES, BuildRequest, Dispatched
from provider.domain.enrollment import Build, Source
from provider.domain.events.build_reports import LONGEST_BUILD
from provider.domain.policy.authority import Authority
from proxy.errors import NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from proxy.gitlab.failures import Moved
from proxy.gitlab.session import GitLabSession
from tests.contracts.build_system_subjects import PROJECT
from tests.peers.gitlab.server import GitLab
from tests.peers.gitlab.state import TOKEN, WEB, Token
from tests.provider.builds.samples import NOW, TARGET
from tests.provider.builds.samples import request as github_request
from tests.proxy.clocks import Clock
from tests.proxy.gitlab.sessions import open_gitlab

CREATE = f"POST /projects/{PROJECT}/pipeline"
TEAM = Authority(shows_runs=True, owner_acts=True, claims_image=True, needs_id=True, needs_default_branch=True)


@pytest.fixture
def peer(gitlab: GitLab) -> GitLab:
    """A GitLab with a project whose default branch is main; its clock shows the time of the requests."""
    gitlab.state.clock = lambda: NOW.replace(microsecond=0) + timedelta(seconds=1)
    gitlab.add_project(PROJECT, {".gitlab-ci.yml": "image: {script: make}\n"}, private=True)
    gitlab.commit(PROJECT, {}, branch="release/1")
    return gitlab


@pytest.fixture
def session(peer: GitLab) -> Iterator[GitLabSession]:
    """A session with a token that may build."""
    with open_gitlab(peer.site) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """A clock that shows the time of the requests."""
    return Clock(NOW)


@pytest.fixture
def system(session: GitLabSession, clock: Clock) -> GitLabPipelines:
    """The build system under test."""
    return GitLabPipelines(session, clock.now)


def request(rebuild_id: str = "r-1", **changes: Any) -> BuildRequest:
    """A request for the pipeline of the project."""
    return github_request(
        rebuild_id,
        **{"source": Source("gitlab", PROJECT), "build": Build("gitlab"), "file": "images.d/a.yaml", **changes},
    )


def posts(peer: GitLab) -> int:
    """The number of requests that can create a pipeline."""
    return sum(seen.method == "POST" for seen in peer.log)


def created(peer: GitLab) -> list[tuple[str, dict[str, str]]]:
    """Branch and variables of every pipeline."""
    return [(each.ref, dict(each.variables)) for each in peer.state.projects[PROJECT].pipelines.values()]


def test_the_variables_are_those_of_the_documentation(peer: GitLab, system: GitLabPipelines) -> None:
    """The id, the reason and every base; the answer has the pipeline."""
    dispatched = system.dispatch(request())

    number = next(iter(peer.state.projects[PROJECT].pipelines))
    assert dispatched == Dispatched(str(number), f"{WEB}/{PROJECT}/-/pipelines/{number}", ())
    bases = json.dumps([TARGET.document()], separators=(",", ":"))
    variables = {
        "IMAGE_FACTORY_REBUILD_ID": "r-1",
        "IMAGE_FACTORY_REASON": "node:22 has aged 7 days",
        "IMAGE_FACTORY_BASE_IMAGES": bases,
    }
    assert created(peer) == [("main", variables)]
    assert posts(peer) == 1


@pytest.mark.parametrize("written", ["node:${NODE}", "$REGISTRY/node:22", "node:$$", "node:${NODE:-22}$CI_JOB_TOKEN"])
def test_no_variable_of_gitlab_is_expanded(peer: GitLab, system: GitLabPipelines, written: str) -> None:
    """A job reads what the Dockerfile says, and no secret of the project gets into a reason."""
    targets = (replace(TARGET, written=written),)
    system.dispatch(request(targets=targets, reason=f"{written} has aged 7 days"))

    ((_, variables),) = created(peer)
    bases = variables["IMAGE_FACTORY_BASE_IMAGES"]
    assert "$" not in bases
    assert json.loads(bases) == [target.document() for target in targets]
    assert variables["IMAGE_FACTORY_REASON"].replace("$$", "") == f"{written} has aged 7 days".replace("$", "")
    assert variables["IMAGE_FACTORY_REASON"].count("$") == 2 * written.count("$")


@pytest.mark.parametrize("count", [1_000, 5_000])
def test_too_many_bases_are_left_out(peer: GitLab, system: GitLabPipelines, count: int) -> None:
    """No job could start with a variable of that length; the record says what was not passed."""
    dispatched = system.dispatch(request(targets=(TARGET,) * count, reason="ü" * 5000))

    ((_, variables),) = created(peer)
    assert dispatched.not_passed == (BASE_IMAGES,)
    assert variables.keys() == {"IMAGE_FACTORY_REBUILD_ID", "IMAGE_FACTORY_REASON"}
    assert "left out: too long" in variables["IMAGE_FACTORY_REASON"]


@pytest.mark.parametrize(
    ("source", "build", "ref"),
    [
        (Source("gitlab", PROJECT), Build("gitlab"), "main"),
        (Source("gitlab", PROJECT, branch="release/1"), Build("gitlab"), "release/1"),
        (Source("gitlab", PROJECT, branch="release/1"), Build("gitlab", ref="main"), "main"),
        (Source("gitlab", PROJECT), Build("gitlab", ref="refs/heads/release/1"), "release/1"),
        (Source("github", "acme/portal"), Build("gitlab", project=PROJECT), "main"),
        (
            Source("git", "https://git.example.org/a.git"),
            Build("gitlab", project=PROJECT, ref="release/1"),
            "release/1",
        ),
    ],
)
def test_the_branch_that_is_built(
    peer: GitLab, system: GitLabPipelines, source: Source, build: Build, ref: str
) -> None:
    """That of the build, else that of the source, else the default branch of the project."""
    asked = request(source=source, build=build)

    system.dispatch(asked)

    assert [each for each, _ in created(peer)] == [ref]
    assert system.describe(asked).ref == ref
    assert system.describe(asked).default_branch == "main"


def test_another_branch_than_the_default_one_needs_a_rule(peer: GitLab, system: GitLabPipelines) -> None:
    """The refusal names the rule; the default branch, however it is written, is built."""
    asked = request(build=Build("gitlab", ref="release/1"), authority=TEAM)

    rule = f'{{files: images.d/a.yaml, sources: \\["gitlab:{PROJECT}"\\], refs: \\["release/1"\\]}}'
    with pytest.raises(Refused, match=f"release/1 is not the default branch of {PROJECT} .main.*{rule}"):
        system.dispatch(asked)
    assert posts(peer) == 0
    system.dispatch(replace(asked, build=Build("gitlab", ref="refs/heads/main")))
    system.dispatch(replace(asked, build=Build("gitlab")))
    system.dispatch(replace(asked, authority=replace(TEAM, needs_default_branch=False)))
    assert [ref for ref, _ in created(peer)] == ["main", "main", "release/1"]


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (400, {}, Refused, "scripted fault"),
        (401, {}, Refused, "check IMAGE_FACTORY_GITLAB_TOKEN"),
        (403, {}, Refused, "role in the project"),
        (404, {}, NotFound, f"there is no project gitlab:{PROJECT}, or the service's token may not build there"),
        (429, {"Retry-After": "7"}, Unavailable, "rate limit"),
        (500, {}, OutcomeUnknown, "not known whether"),
        (502, {}, OutcomeUnknown, "not known whether"),
        (503, {"Retry-After": "7"}, OutcomeUnknown, "not known whether"),
    ],
)
def test_a_failure_is_not_repeated(
    peer: GitLab, system: GitLabPipelines, status: int, headers: dict[str, str], kind: type[OutsideFailure], words: str
) -> None:
    """One dispatch sends one POST, whatever the answer."""
    peer.fail(CREATE, status, headers)

    with pytest.raises(kind, match=words):
        system.dispatch(request())

    assert posts(peer) == 1
    assert created(peer) == []


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_pipeline_that_was_created_before_the_failure_is_found(
    peer: GitLab, system: GitLabPipelines, status: int
) -> None:
    """By its variable, among others of the same moment."""
    peer.lose_answer(CREATE, status)
    with pytest.raises(OutcomeUnknown):
        system.dispatch(request("r-1"))
    system.dispatch(request("r-10"))

    found = system.find(request("r-1"))

    assert found is not None
    assert peer.state.pipeline(int(found.id)).variables["IMAGE_FACTORY_REBUILD_ID"] == "r-1"
    assert posts(peer) == 2


def test_a_broken_connection_leaves_the_outcome_unknown(peer: GitLab, system: GitLabPipelines) -> None:
    """Nothing was created, and the search proves it."""
    peer.drop(CREATE)

    with pytest.raises(OutcomeUnknown):
        system.dispatch(request())
    assert system.find(request()) is None
    assert system.shows_ids(request())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"source": "web"}, False),
        ({"login": "somebody"}, False),
        ({"ref": "release/1"}, False),
        ({"created_at": NOW - timedelta(hours=1)}, False),
    ],
)
def test_without_variables_only_the_one_pipeline_that_can_be_ours_is_found(
    peer: GitLab, system: GitLabPipelines, change: dict[str, Any], found: bool
) -> None:
    """It was created by API, by our account, on the branch, since the request."""
    system.dispatch(request())
    pipeline = next(iter(peer.state.projects[PROJECT].pipelines.values()))
    for name, value in change.items():
        setattr(pipeline, name, value)
    peer.state.tokens[TOKEN] = Token("factory", reads_variables=False)

    assert (system.find(request()) is not None) is found


@pytest.mark.parametrize(
    ("status", "conclusion"),
    [
        ("created", None),
        ("waiting_for_resource", None),
        ("preparing", None),
        ("waiting_for_callback", None),
        ("pending", None),
        ("running", None),
        ("canceling", None),
        ("manual", None),
        ("scheduled", None),
        ("success", Conclusion.SUCCESS),
        ("failed", Conclusion.FAILURE),
        ("canceled", Conclusion.CANCELLED),
        ("skipped", Conclusion.CANCELLED),
    ],
)
def test_every_status_has_its_meaning(
    peer: GitLab, system: GitLabPipelines, status: str, conclusion: Conclusion | None
) -> None:
    """One that does not end a pipeline is shown as it is."""
    run_id = system.dispatch(request()).run_id or ""
    peer.show(int(run_id), status)

    run = system.run(request(), run_id)

    assert run is not None
    assert (run.status, run.conclusion) == ("completed" if conclusion else status, conclusion)
    assert (run.completed_at is not None) is (conclusion is not None)


@pytest.mark.parametrize("run_id", ["424242", "not-a-number", ""])
def test_an_unknown_pipeline_is_none(system: GitLabPipelines, run_id: str) -> None:
    """Also where the id is not one of GitLab's, after the build system of an image was changed."""
    assert system.run(request(), run_id) is None


def test_a_renamed_project_is_not_built_under_its_old_path(peer: GitLab, system: GitLabPipelines) -> None:
    """Somebody else may have the old path; the message says what to do."""
    run_id = system.dispatch(request()).run_id or ""
    peer.rename(PROJECT, "acme/team/gate")

    for ask in (system.dispatch, system.find, system.describe, lambda asked: system.run(asked, run_id)):
        with pytest.raises(Moved, match="use the new name"):
            ask(request())
    with pytest.raises(NotFound, match="no project"):
        system.dispatch(request(build=Build("gitlab", ref="main")))
    assert posts(peer) == 2


def test_a_token_that_may_set_no_variables_is_refused(peer: GitLab, system: GitLabPipelines) -> None:
    """The message names GitLab's setting."""
    peer.state.tokens[TOKEN] = Token("factory", sets_variables=False)

    with pytest.raises(Refused, match="let the role of the service's token use pipeline variables"):
        system.dispatch(request())


@pytest.mark.parametrize(
    ("source", "build", "words"),
    [
        (Source("github", "acme/portal"), Build("gitlab"), "build.project is missing"),
        (Source("gitlab", "acme/../b"), Build("gitlab"), "is not a project at GitLab"),
        (Source("gitlab", PROJECT), Build("gitlab", project="../x"), "is not a project at GitLab"),
    ],
)
def test_what_is_no_project_is_refused(
    peer: GitLab, system: GitLabPipelines, source: Source, build: Build, words: str
) -> None:
    """Nothing is asked."""
    with pytest.raises(Refused, match=words):
        system.dispatch(request(source=source, build=build))
    assert peer.log == []


def test_a_project_without_commits_cannot_be_built(peer: GitLab, system: GitLabPipelines) -> None:
    """The message says what to do."""
    peer.state.projects[PROJECT].branches.clear()

    for ask in (system.dispatch, system.describe):
        with pytest.raises(NotFound, match="push a first commit"):
            ask(request())


@pytest.mark.parametrize("status", ["manual", "running"])
def test_a_pipeline_that_waits_for_a_person_ends_after_a_day(
    peer: GitLab, system: GitLabPipelines, clock: Clock, status: str
) -> None:
    """The message says what to change; one that runs is followed as long as GitLab lets it run."""
    run_id = system.dispatch(request()).run_id or ""
    peer.show(int(run_id), status)
    clock.at = NOW + LONGEST_BUILD - timedelta(seconds=1)
    assert system.run(request(), run_id) is not None
    clock.at = NOW + LONGEST_BUILD

    if status == "running":
        assert system.run(request(), run_id) is not None
        return
    with pytest.raises(Refused, match=f"{WEB}/{PROJECT}/-/pipelines/{run_id} waits for a manual job; .*allow_failure"):
        system.run(request(), run_id)
