"""Changes of entries that become pull requests, by the API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provider.forge_ports import PullRequestState
from proxy.errors import Refused, Unavailable
from tests.fakes.forge import FakeForge
from tests.provider.api.enrolling.enrolling_world import TEAM, EnrollingWorld, enrolling_world
from tests.provider.config_repo.repositories import PROTECTING

ENTRY = {"name": "portal", "registry": "ghcr.io", "repository": "acme/portal"}
Opens = Callable[..., EnrollingWorld]


@pytest.fixture(name="forge")
def made_forge() -> FakeForge:
    """The site of the config repository."""
    return FakeForge()


@pytest.fixture(name="world_of")
def opened_world(tmp_path: Path) -> Iterator[Opens]:
    """Opens a world in the folder of the test."""
    with ExitStack() as ends:
        yield lambda forge, **options: ends.enter_context(enrolling_world(tmp_path, forge, **options))


def test_where_the_setting_wants_it_each_change_is_a_pull_request(world_of: Opens, forge: FakeForge) -> None:
    """202 with its address; the config branch does not move, and the branch has one commit that names the caller."""
    world = world_of(forge, always_reviewed=True)
    before = world.remote.head()

    answer = world.send("POST", "", ENTRY)

    document = answer.get_json()
    assert answer.status_code == 202
    assert document["pullRequest"]["url"] == "https://forge.example.com/pulls/1"
    assert (document["pullRequest"]["number"], document["pullRequest"]["state"]) == (1, "open")
    assert "+- name: portal" in document["diff"]
    (proposed,) = forge.proposed
    assert world.remote.head() == before
    assert world.remote.log(proposed.branch) == ["Enroll portal", *world.remote.log()]
    assert "Requested-by: boss" in world.remote.git("log", "-1", "--format=%B", proposed.branch)
    assert "- name: portal" in world.remote.read("images.yaml", proposed.branch)
    assert world.asked == []
    assert world.audit()[0] | {"at": ""} == {
        "at": "",
        "action": "enroll-image",
        "caller": "boss",
        "cve": None,
        "name": "portal",
        "outcome": "done",
        "reason": "pull request https://forge.example.com/pulls/1",
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/app", {**ENTRY, "name": "app", "repository": "acme/app", "title": "App"}),
        ("DELETE", "/app", None),
    ],
)
def test_changes_and_removals_are_reviewed_too(
    world_of: Opens, forge: FakeForge, method: str, path: str, body: Any
) -> None:
    """Each with a branch of its own."""
    world = world_of(forge, always_reviewed=True)

    answer = world.send(method, path, body)

    assert answer.status_code == 202
    assert forge.proposed[0].title in ("Change app", "Remove app")
    assert forge.proposed[0].branch.startswith(f"image-factory/{forge.proposed[0].title.split()[0].lower()}-app-")


def test_the_same_request_again_opens_no_second_one(world_of: Opens, forge: FakeForge) -> None:
    """Both callers get the same address."""
    world = world_of(forge, always_reviewed=True)

    first, second = (world.send("POST", "", ENTRY).get_json()["pullRequest"] for _ in range(2))

    assert first == second
    assert len(forge.proposed) == 1


def test_a_dry_run_opens_nothing(world_of: Opens, forge: FakeForge) -> None:
    """It shows what would be proposed."""
    world = world_of(forge, always_reviewed=True)

    assert world.send("POST", "?dryRun=true", ENTRY).status_code == 200
    assert forge.proposed == []


def test_an_entry_with_an_error_is_not_proposed(world_of: Opens, forge: FakeForge) -> None:
    """Reviewers do not have to find what the service has found."""
    world = world_of(forge, always_reviewed=True)
    entry = {**ENTRY, "source": {"provider": "github", "repo": "acme/none"}}

    assert world.send("POST", "", entry).status_code == 422
    assert forge.proposed == []


def test_what_a_protected_branch_refuses_becomes_a_pull_request(world_of: Opens, forge: FakeForge) -> None:
    """The caller does not have to know about the protection."""
    world = world_of(forge)
    world.remote.hook("update", f'[ "$1" = refs/heads/main ] || exit 0\n{PROTECTING}')

    answer = world.send("POST", "", ENTRY)

    assert answer.status_code == 202
    assert "The config branch does not accept this commit directly." in forge.proposed[0].body


def test_a_protected_branch_elsewhere_is_an_error(world_of: Opens) -> None:
    """Without a site there is no other way."""
    world = world_of(None)
    world.remote.hook("update", PROTECTING)

    assert world.send("POST", "", ENTRY).status_code == 502


def test_what_no_rule_allows_becomes_a_pull_request(world_of: Opens, forge: FakeForge) -> None:
    """The owner of a team's file does not start other pipelines by a commit; a dry run shows the rule."""
    world = world_of(forge)
    entry = {
        **ENTRY,
        "owner": TEAM,
        "source": {"provider": "github", "repo": "acme/portal"},
        "build": {"system": "gitlab", "project": "acme/pipelines"},
    }

    answer = world.send("POST", "", entry, token=world.as_jane(TEAM))

    assert (answer.status_code, len(forge.proposed)) == (202, 1), answer.get_json()
    body = forge.proposed[0].body
    assert (
        "An admin decides about what no rule of policy.yaml allows: no rule lets this file start the pipelines" in body
    )
    assert "images.d/team-a.yaml" in world.remote.paths(forge.proposed[0].branch)
    assert world.send("POST", "?dryRun=true", entry, token=world.as_jane(TEAM)).status_code == 200


def test_what_no_rule_could_allow_is_refused(world_of: Opens, forge: FakeForge) -> None:
    """A reviewer could not make it work either."""
    world = world_of(forge)
    build = {"system": "webhook", "url": "https://builds.example.com"}
    entry = {**ENTRY, "owner": TEAM, "source": {"provider": "github", "repo": "acme/portal"}, "build": build}

    answer = world.send("POST", "", entry, token=world.as_jane(TEAM))

    assert (answer.status_code, forge.proposed) == (422, [])
    assert "only images.yaml may name a webhook" in str(answer.get_json()["errors"])


def test_at_a_host_without_pull_requests_the_error_says_so(world_of: Opens) -> None:
    """409, and what to do."""
    world = world_of(None, always_reviewed=True)

    answer = world.send("POST", "", ENTRY)

    assert answer.status_code == 409
    assert "at neither GitHub nor GitLab" in answer.get_json()["message"]


@pytest.mark.parametrize(
    ("error", "status"), [(Refused("GitHub answered 403: pull_requests: write"), 502), (Unavailable("down"), 503)]
)
def test_a_site_that_fails_is_named(world_of: Opens, forge: FakeForge, error: Any, status: int) -> None:
    """The caller sees why there is no pull request."""
    world = world_of(forge, always_reviewed=True)
    forge.go_down(error)

    answer = world.send("POST", "", ENTRY)

    assert answer.status_code == status
    assert forge.proposed == []


def test_the_reviewed_changes_are_listed_with_their_states(world_of: Opens, forge: FakeForge) -> None:
    """Newest first, by image and by state."""
    world = world_of(forge, always_reviewed=True)
    for name in ("portal", "other"):
        world.send("POST", "", {**ENTRY, "name": name, "repository": f"acme/{name}"})
    forge.set_state(1, PullRequestState.MERGED)

    headers = {"Authorization": "Bearer a-token-of-a-reader"}
    items = world.client.get("/api/v1/enrollments", headers=headers).get_json()["items"]
    assert [(item["image"], item["pullRequest"]["state"]) for item in items] == [
        ("other", "open"),
        ("portal", "merged"),
    ]
    for query, names in (("image=portal", ["portal"]), ("state=open", ["other"]), ("state=closed", [])):
        answer = world.client.get(f"/api/v1/enrollments?{query}", headers=headers).get_json()
        assert [item["image"] for item in answer["items"]] == names
    assert world.client.get("/api/v1/enrollments?status=open", headers=headers).status_code == 422
    assert world.client.get("/api/v1/enrollments").status_code == 401
