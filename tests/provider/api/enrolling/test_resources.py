"""Enrolling, changing and removing images by the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.image import DiscoveryDocument, DiscoveryStatus
from tests.provider.api.enrolling.enrolling_world import JANE, TEAM, TEXT, EnrollingWorld, enrolling_world
from tests.provider.web_images import managed

ENTRY = {"name": "new", "registry": "ghcr.io", "repository": "acme/new"}
TEAMS = {**ENTRY, "owner": TEAM}


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[EnrollingWorld]:
    """The web part over a config repository."""
    with enrolling_world(tmp_path) as world:
        yield world


def test_an_admin_enrolls_into_images_yaml(world: EnrollingWorld) -> None:
    """201 with the image and the commit; the worker is asked for a check, and the audit has the act."""
    source = {"provider": "github", "repo": "acme/portal", "workflow": "b.yml"}
    answer = world.send("POST", "", {**ENTRY, "source": source, "rebuildDelay": "2d"})

    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/images/new")
    found = answer.get_json()
    assert {key: found[key] for key in ("image", "commit", "discovery")} == {
        "image": {
            "name": "new",
            "reference": "ghcr.io/acme/new:latest",
            "file": "images.yaml",
            "entityRef": "resource:default/new",
            "enrollment": {**ENTRY, "source": source, "rebuildDelay": "2d"},
        },
        "commit": world.remote.head(),
        "discovery": {"status": "pending", "error": None, "unresolved": [], "warnings": []},
    }
    assert found["commitUrl"] == f"https://github.com/acme/config/commit/{found['commit']}"
    assert found["diff"].startswith("--- a/images.yaml\n+++ b/images.yaml\n")
    assert [(base["written"], base["availability"]) for base in found["dependencies"]] == [
        ("docker.io/library/node:22", "found")
    ]
    assert world.remote.read("images.yaml").startswith(f"{TEXT}- name: new\n")
    assert world.remote.git("log", "-1", "--format=%(trailers:key=Requested-by,valueonly)").strip() == "boss"
    assert world.asked == ["new"]
    (record,) = world.audit()
    assert (record["caller"], record["action"], record["name"], record["outcome"]) == (
        "boss",
        "enroll-image",
        "new",
        "done",
    )
    assert record["reason"] == f"commit {world.remote.head()}"


def test_a_user_enrolls_into_the_file_of_the_team(world: EnrollingWorld) -> None:
    """The rule for the file and the groups of the user allow it."""
    answer = world.send("POST", "", TEAMS, token=world.as_jane(TEAM))

    assert (answer.status_code, answer.get_json()["image"]["file"]) == (201, "images.d/team-a.yaml")
    assert world.remote.read("images.d/team-a.yaml").startswith("- name: new\n")
    assert JANE in world.remote.git("log", "-1", "--format=%b")


@pytest.mark.parametrize(
    ("method", "path", "body", "groups", "status"),
    [
        ("POST", "", ENTRY, [TEAM], 403),
        ("POST", "", {**ENTRY, "owner": "group:default/team-b"}, [TEAM], 403),
        ("POST", "", {**TEAMS, "file": "images.yaml"}, [TEAM], 403),
        ("POST", "", {**TEAMS, "file": "images.d/team-b.yaml"}, [TEAM], 403),
        ("POST", "", {**TEAMS, "registry": "docker.io", "repository": "library/node"}, [TEAM], 201),
        ("POST", "", TEAMS, [], 403),
        ("POST", "", {**ENTRY, "owner": "group:default/team-b"}, ["group:default/team-b"], 403),
        ("POST", "", ENTRY, ["group:default/admins"], 201),
        ("PUT", "/app", {"registry": "ghcr.io", "repository": "acme/app", "owner": TEAM, "title": "A"}, [TEAM], 200),
        ("PUT", "/app", {"registry": "ghcr.io", "repository": "acme/app", "title": "A"}, [TEAM], 403),
        ("PUT", "/app", {"registry": "ghcr.io", "repository": "acme/app", "owner": TEAM, "title": "A"}, [], 403),
        ("DELETE", "/app", None, [TEAM], 200),
        ("DELETE", "/app", None, ["group:default/team-b"], 403),
        ("DELETE", "/app", None, ["group:default/admins"], 200),
    ],
)
def test_the_groups_of_a_user_decide(
    world: EnrollingWorld, method: str, path: str, body: object, groups: list[str], status: int
) -> None:
    """An owner, an admin, and others; the audit has each attempt with its outcome."""
    before = world.remote.head()
    answer = world.send(method, path, body, token=world.as_jane(*groups))

    assert answer.status_code == status, answer.text
    assert (world.remote.head() == before) == (status == 403)
    assert [record["outcome"] for record in world.audit()] == ["not-allowed" if status == 403 else "done"]


@pytest.mark.parametrize(("token", "status"), [("a-token-of-a-reader", 403), ("a-token-of-a-ci", 403), ("wrong", 401)])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_tokens_of_other_roles_may_not_change_anything(
    world: EnrollingWorld, method: str, token: str, status: int
) -> None:
    """Before the body is read; also as a dry run."""
    path = "" if method == "POST" else "/app"
    assert world.send(method, path, {"name": 1}, token=token).status_code == status
    assert world.send(method, f"{path}?dryRun=true", {"name": 1}, token=token).status_code == status


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": "new"}, {"registry", "repository"}),
        ({**ENTRY, "source": {"provider": "github", "repo": "x"}}, {"source.repo"}),
        ({**ENTRY, "source": {"provider": "hub", "branch": 1}}, {"source.provider", "source.repo", "source.branch"}),
        ({**ENTRY, "rebuildDealy": "1d"}, {"rebuildDealy"}),
        ({**ENTRY, "rebuildDelay": "7x", "platforms": ["linux"]}, {"rebuildDelay", "platforms[0]"}),
        ({**ENTRY, "autoRebuild": "yes"}, {"autoRebuild"}),
        ({**ENTRY, "owner": None}, {"owner"}),
        ({**ENTRY, "name": "no"}, set()),
        ({**ENTRY, "name": "null"}, set()),
        ({**ENTRY, "tag": "1.10", "title": "yes", "description": "a\n- b: c # d\n"}, set()),
        ({**ENTRY, "name": "New"}, {"name"}),
        ({**ENTRY, "name": 22}, {"name"}),
        ({**ENTRY, "name": "a\0b"}, {"name"}),
        ({**ENTRY, "description": "a\0b"}, {"description"}),
        ({**ENTRY, "description": "\ud800"}, {"description"}),
        ({**ENTRY, "title": "\u001b[31m"}, {"title"}),
        ({**ENTRY, "a\0": 1}, {"a\ufffd"}),
        (
            {**ENTRY, "source": {"provider": "github", "repo": "acme/x", "buildArgs": {"A": "\0"}}},
            {"source.buildArgs.A"},
        ),
        ({**ENTRY, "source": {"provider": "git", "repo": "http://git.example/x.git"}}, {"source.repo"}),
        ({**ENTRY, "file": "policy.yaml"}, {"file"}),
        ({**ENTRY, "file": 1, "name": 2}, {"file", "name"}),
        ([ENTRY], {"entry"}),
        ("new", {"entry"}),
        (1, {"entry"}),
        ({}, {"name", "registry", "repository"}),
        ({**ENTRY, "owner": TEAM, "file": "images.d/x.yaml"}, {"owner"}),
        ({**ENTRY, "tag": "2", "repository": "acme/app", "file": "images.d/x.yaml"}, {"repository"}),
    ],
)
def test_each_wrong_field_has_a_message(world: EnrollingWorld, body: object, fields: set[str]) -> None:
    """Fields are named as in images.yaml; without wrong fields the entry is committed and read again as it was sent."""
    answer = world.send("POST", "", body)

    if fields:
        assert answer.status_code == 422, answer.text
        assert answer.get_json()["errors"]["json"].keys() == fields
        assert all(len(messages) == 1 for messages in answer.get_json()["errors"]["json"].values())
    else:
        assert answer.status_code == 201, answer.text
        assert answer.get_json()["image"]["enrollment"] == body


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400),
        ({"data": b"", "content_type": "application/json"}, 400),
        ({"data": b'{"name": 1, "name": 2}', "content_type": "application/json"}, 400),
        ({"data": b"[" * 50_000, "content_type": "application/json"}, 400),
        ({"data": b'{"name": NaN}', "content_type": "application/json"}, 400),
        ({"data": b'{"name": 1e999}', "content_type": "application/json"}, 422),
        ({"data": b'{"a": ' * 900 + b"1" + b"}" * 900, "content_type": "application/json"}, 422),
        ({"data": b"\xff", "content_type": "application/json"}, 400),
        ({"data": b"name=new", "content_type": "application/x-www-form-urlencoded"}, 415),
        ({"data": b'"' + b"x" * 70_000 + b'"', "content_type": "application/json"}, 413),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_odd_body_is_refused(world: EnrollingWorld, method: str, options: dict[str, Any], status: int) -> None:
    """With the status for its fault."""
    answer = world.send(method, "" if method == "POST" else "/app", **options)

    assert (answer.status_code, world.asked) == (status, [])


def test_a_taken_name_or_image_is_a_conflict(world: EnrollingWorld) -> None:
    """The message is on the field."""
    for entry, field in (({**ENTRY, "name": "app"}, "name"), ({**ENTRY, "repository": "acme/app"}, "repository")):
        answer = world.send("POST", "", entry)
        assert (answer.status_code, list(answer.get_json()["errors"]["json"])) == (409, [field])
        assert "app" in answer.get_json()["message"]


def test_a_dry_run_shows_the_diff_and_commits_nothing(world: EnrollingWorld) -> None:
    """For each kind of change; it is not in the audit."""
    before = world.remote.head()
    entry = {"registry": "ghcr.io", "repository": "acme/app", "owner": TEAM, "title": "App"}
    for method, path, body, line in (
        ("POST", "", ENTRY, "+- name: new"),
        ("PUT", "/app", entry, "+  title: App"),
        ("DELETE", "/app", None, "-- name: app  # the app"),
    ):
        answer = world.send(method, f"{path}?dryRun=true", body)
        assert (answer.status_code, sorted(answer.get_json())) == (
            200,
            ["dependencies", "diff", "findings", "image"],
        )
        assert line in answer.get_json()["diff"].splitlines()
    assert world.send("POST", "?dryRun=true", {**ENTRY, "name": "app"}).status_code == 409

    assert (world.remote.head(), world.asked, world.audit()) == (before, [], [])


def test_an_image_is_changed_renamed_and_removed(world: EnrollingWorld) -> None:
    """Comments stay; the same change again commits nothing."""
    entry = {"registry": "ghcr.io", "repository": "acme/app", "title": "App"}
    assert world.send("PUT", "/app", entry).get_json()["commit"] == world.remote.head()
    unchanged = world.send("PUT", "/app", {**entry, "name": "app"}).get_json()
    assert (unchanged["commit"], unchanged["commitUrl"]) == (None, None)
    answer = world.send("PUT", "/app", {**entry, "name": "portal"})
    assert (answer.status_code, answer.get_json()["image"]["name"]) == (200, "portal")
    assert world.remote.read("images.yaml") == (
        "# The platform team's images.\n- name: portal # the app\n  registry: ghcr.io\n  repository: acme/app\n"
        "  title: App\n"
    )
    removed = world.send("DELETE", "/portal")
    assert (removed.status_code, removed.get_json()["image"]["enrollment"]) == (200, None)
    assert world.remote.read("images.yaml") == "# The platform team's images.\n"
    assert [world.send(*each).status_code for each in (("DELETE", "/app"), ("PUT", "/app", entry))] == [404, 404]
    assert world.asked == ["app", "app", "portal", "portal"]


def test_an_unknown_query_parameter_is_refused(world: EnrollingWorld) -> None:
    """A misspelt dry run must not commit."""
    assert world.send("POST", "?dryrun=true", ENTRY).status_code == 422
    assert world.send("DELETE", "/app?dryRun=1").status_code == 422
    assert world.send("DELETE", "/app?file=policy.yaml").status_code == 422


SOURCE = {"provider": "github", "repo": "acme/portal", "workflow": "b.yml"}


def test_what_the_world_says_is_checked_before_the_commit(world: EnrollingWorld) -> None:
    """An error of it is 422 on the field; a dry run shows it beside the diff."""
    before = world.remote.head()
    entry = {**ENTRY, "source": {**SOURCE, "repo": "acme/none"}}
    refused = world.send("POST", "", entry)
    shown = world.send("POST", "?dryRun=true", entry)

    assert (refused.status_code, list(refused.get_json()["errors"]["json"])) == (422, ["source.repo"])
    assert shown.status_code == 200
    assert [one["field"] for one in shown.get_json()["findings"] if one["level"] == "error"] == ["source.repo"]
    assert "+- name: new" in shown.get_json()["diff"]
    assert (world.remote.head(), world.asked) == (before, [])


def test_a_refusal_that_is_no_longer_true_is_not_repeated(world: EnrollingWorld) -> None:
    """The files are read again before a change is refused: somebody may have pushed a moment ago."""
    assert world.send("POST", "?dryRun=true", {**ENTRY, "name": "app"}).status_code == 409
    world.remote.push({"images.yaml": "[]\n"})

    assert world.send("POST", "", {**ENTRY, "name": "app"}).status_code == 201


@pytest.mark.parametrize(("wait", "looks"), [("?wait=0", 0), ("", 2), ("?wait=2", 2)])
def test_the_answer_waits_for_the_first_discovery(world: EnrollingWorld, wait: str, looks: int) -> None:
    """It has the result of the worker, or `pending` when that takes longer."""
    slept: list[float] = []

    def discover() -> None:
        slept.append(world.seconds.time)
        if len(slept) == looks:
            found = DiscoveryDocument(DiscoveryStatus.SUCCESS)
            world.index.images["new"] = managed("new", enrollment=ENTRY, discovery=found)

    world.seconds.meanwhile = discover
    answer = world.send("POST", wait, {**ENTRY, "source": SOURCE})

    assert answer.get_json()["discovery"]["status"] == ("success" if looks else "pending")
    assert len(slept) == looks


@pytest.mark.parametrize("wait", ["16", "-1", "x", "1.5"])
def test_an_impossible_wait_is_refused(world: EnrollingWorld, wait: str) -> None:
    """Nothing is committed."""
    assert world.send("POST", f"?wait={wait}", ENTRY).status_code == 422


def keyed(key: str) -> dict[str, str]:
    """The header with that key."""
    return {"Idempotency-Key": key}


def test_the_same_key_and_body_get_the_same_answer_and_no_second_commit(world: EnrollingWorld) -> None:
    """For each method; the order of keys does not matter, and the repeated answer says so."""
    entry = {"registry": "ghcr.io", "repository": "acme/app", "title": "App"}
    for method, path, body, again in (
        ("POST", "", ENTRY, dict(reversed(ENTRY.items()))),
        ("PUT", "/app", entry, entry),
        ("DELETE", "/app", None, None),
    ):
        first = world.send(method, path, body, headers=keyed("k" + method))
        head = world.remote.head()
        second = world.send(method, path, again, headers=keyed("k" + method))
        assert (second.status_code, second.get_json()) == (first.status_code, first.get_json())
        assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
        assert world.remote.head() == head
    assert len(world.audit()) == 3


def test_a_key_belongs_to_one_request_of_one_caller(world: EnrollingWorld) -> None:
    """Another body, path or method with it is 422; the key of another caller is another key."""
    assert world.send("POST", "", ENTRY, headers=keyed("k")).status_code == 201
    for method, path, body in (
        ("POST", "", {**ENTRY, "title": "x"}),
        ("PUT", "/new", ENTRY),
        ("DELETE", "/new", None),
        ("POST", "?wait=0", ENTRY),
    ):
        answer = world.send(method, path, body, headers=keyed("k"))
        assert (answer.status_code, list(answer.get_json()["errors"]["headers"])) == (422, ["Idempotency-Key"])
    other = {**TEAMS, "name": "other", "repository": "acme/other"}
    assert world.send("POST", "", other, headers=keyed("k"), token=world.as_jane(TEAM)).status_code == 201


def test_a_refused_request_may_be_sent_again_with_its_key(world: EnrollingWorld) -> None:
    """It had no effect, so its answer is not kept."""
    taken = {**ENTRY, "name": "app"}
    assert world.send("POST", "", taken, headers=keyed("k")).status_code == 409
    world.remote.push({"images.yaml": "[]\n"})
    assert world.send("POST", "", taken, headers=keyed("k")).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "é"])
def test_an_invalid_key_is_refused(world: EnrollingWorld, key: str) -> None:
    """Nothing is committed."""
    answer = world.send("POST", "", ENTRY, headers=keyed(key))

    assert (answer.status_code, world.asked) == (422, [])


def test_an_owner_changes_and_removes_an_entry_of_the_file_of_the_team(world: EnrollingWorld) -> None:
    """What a person may add, the same person may change and remove again."""
    jane = world.as_jane(TEAM)
    assert world.send("POST", "", TEAMS, token=jane).status_code == 201

    changed = world.send("PUT", f"/{TEAMS['name']}", {**TEAMS, "title": "New"}, token=jane)
    assert (changed.status_code, changed.get_json()["image"]["file"]) == (200, "images.d/team-a.yaml")
    assert "  title: New\n" in world.remote.read("images.d/team-a.yaml")

    assert world.send("DELETE", f"/{TEAMS['name']}", token=jane).status_code == 200
    assert "name: new" not in world.remote.read("images.d/team-a.yaml")


def test_a_key_file_that_is_not_there_is_422_on_its_field(world: EnrollingWorld) -> None:
    """Nothing is committed; with the file there, the entry is."""
    verify = {"cosign": {"keys": ["keys/team.pem"]}}
    refused = world.send("POST", "", {**ENTRY, "verify": verify})

    assert refused.status_code == 422
    (message,) = refused.get_json()["errors"]["json"]["verify.cosign.keys[0]"]
    assert message.startswith("keys/team.pem is not a file in the config repository")

    world.remote.push({"keys/team.pem": "a key"})
    taken = world.send("POST", "", {**ENTRY, "verify": verify})
    assert taken.status_code == 201
    assert taken.get_json()["image"]["enrollment"]["verify"] == verify


def test_a_rule_that_is_not_valid_is_422_on_its_field(world: EnrollingWorld) -> None:
    """With what to write."""
    identity = {"issuer": "https://token.actions.githubusercontent.com", "subject": "https://github.com/*"}
    refused = world.send("POST", "", {**ENTRY, "verify": {"cosign": {"identity": identity}}})

    assert refused.status_code == 422
    (message,) = refused.get_json()["errors"]["json"]["verify.cosign.identity.subject"]
    assert "fits everybody's identity; write for example https://github.com/acme/*" in message
