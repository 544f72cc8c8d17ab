"""Users of a real Backstage as callers: through its proxy plugin, with a scaffolder template, and directly."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jwt
import pytest
import requests

from demo.connected import PROXY_TOKEN, Connected, connected
from tests.end_to_end.test_clients import run_client
from tests.peers.backstage_auth import SCAFFOLDER_KEYS, USER_KEYS, USERINFO, BackstageAuth
from tests.peers.backstage_person import SERVICE, Person

pytestmark = pytest.mark.backstage

PORTAL = "/api/v1/images/portal"
FACE = "/proxy/github"
SECONDS = 30.0
KEYS_WITHIN = 15.0


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    """The service and Backstage."""
    with connected(tmp_path_factory.mktemp("connected")) as running:
        yield running


def rerun(person: Person, run_id: int, **headers: str) -> requests.Response:
    """Request a re-run of the failed jobs of a run of portal, through Backstage."""
    return person.ask(f"{PORTAL}/runs/{run_id}/rerun", method="POST", json={"failedOnly": True}, **headers)


def newest_run(person: Person, run_id: int) -> dict[str, Any] | None:
    """The newest run of portal through Backstage, if it is this run."""
    answer = person.ask(f"{PORTAL}/runs?refresh=true")
    assert answer.status_code == 200, answer.text
    newest: dict[str, Any] = answer.json()["items"][0]
    return newest if newest["id"] == run_id else None


def directly(both: Connected, path: str, token: str) -> requests.Response:
    """Call the service directly, with only a token in Authorization."""
    return requests.get(f"{both.world.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)


def test_versions_and_runs_are_seen_through_backstage(both: Connected) -> None:
    """A signed-in user and the guest see both; GitHub gets only the token of the service."""
    run_id = both.failed_run("portal")
    for person in (both.person("jane"), Person.guest(both.backstage)):
        versions = person.ask(f"{PORTAL}/versions")
        assert (versions.status_code, [item["tag"] for item in versions.json()["items"]]) == (200, ["latest"])
        # The list is refreshed at most once every few seconds, and another test may have done so just before.
        newest = both.backstage.wait_for(partial(newest_run, person, run_id), SECONDS)
        assert newest["conclusion"] == "failure"
    assert all(request.authorized for request in both.world.github.log)


def test_without_a_login_backstage_refuses(both: Connected) -> None:
    """A caller without a token of Backstage is refused by Backstage."""
    address = f"{both.backstage.url}{SERVICE}{PORTAL}"
    for headers in ({}, {"Authorization": "Bearer a.b.c"}, {"X-Image-Factory-Token": PROXY_TOKEN}):
        answer = requests.get(address, headers=headers, timeout=SECONDS)
        assert (answer.status_code, answer.json()["error"]["name"]) == (401, "AuthenticationError")


def test_a_token_alone_is_enough_for_the_service(both: Connected) -> None:
    """It works without the proxy of Backstage and its secret, but only with a valid signature."""
    token = both.person("jane").token
    assert directly(both, f"{PORTAL}/runs", token).status_code == 200
    head, claims, signature = token.split(".")
    half = len(signature) // 2
    broken = directly(both, PORTAL, f"{head}.{claims}.{signature[half:]}{signature[:half]}")
    assert (broken.status_code, broken.json()["code"]) == (401, 401)
    assert "its signature does not match the key that it names" in broken.json()["message"]
    assert token not in (both.world.folder / "service.log").read_text()


def test_only_the_owner_may_rerun_a_run(both: Connected) -> None:
    """Jane's group owns the image; the response to joe names the missing permission. Backstage drops Origin."""
    run_id = both.failed_run("portal")
    joe = rerun(both.person("joe"), run_id)
    assert joe.status_code == 403
    assert "a user who owns it (group:default/platform)" in joe.json()["message"]
    assert both.attempts(run_id) == 1
    jane = rerun(both.person("jane"), run_id, Origin=both.backstage.url)
    assert (jane.status_code, both.attempts(run_id)) == (202, 2)
    assert f"run={run_id} what=failed-jobs outcome=not-allowed" in both.audit("user:default/joe")[-1]
    assert f"run={run_id} what=failed-jobs outcome=done" in both.audit("user:default/jane")[-1]


def test_an_unchanged_answer_is_304(both: Connected) -> None:
    """Backstage's proxy forwards ETag, If-None-Match and the header for paging."""
    jane = both.person("jane")
    first = jane.ask("/api/v1/images?pageSize=2")
    assert first.status_code == 200
    assert '"total"' in first.headers["X-Pagination"]
    catalog = jane.ask("/catalog/catalog-info.yaml")
    again = jane.ask("/catalog/catalog-info.yaml", If_None_Match=catalog.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_template_acts_for_the_user_who_runs_it(both: Connected) -> None:
    """The scaffolder sends its own token, which contains the user; the service reads the user and their groups."""
    run_id = both.failed_run("portal")
    joe = both.person("joe").run_template("rerun-build", image="portal", run=str(run_id))
    assert (joe.status, both.attempts(run_id)) == ("failed", 1)
    assert "Finished step Get the image" in joe.log
    assert "403" in joe.log
    assert f"run={run_id} what=all-jobs outcome=not-allowed" in both.audit("user:default/joe")[-1]
    jane = both.person("jane").run_template("rerun-build", image="portal", run=str(run_id))
    assert jane.status == "completed", jane.log
    assert jane.output == {"image": f"{both.world.registry.host}/acme/portal:latest", "rerun": 202}
    assert both.attempts(run_id) == 2
    assert f"run={run_id} what=all-jobs outcome=done" in both.audit("user:default/jane")[-1]


def test_the_fake_backstage_of_other_tests_is_like_the_real_one(both: Connected) -> None:
    """Tokens, keys and userinfo have the same members, so tests with the fake one are valid for the real one."""
    with BackstageAuth() as fake:
        for ours, theirs in (
            (fake.user_token(), both.person("jane").token),
            (fake.url + USER_KEYS, both.backstage.url + USER_KEYS),
            (fake.url + SCAFFOLDER_KEYS, both.backstage.url + SCAFFOLDER_KEYS),
        ):
            assert members(ours) == members(theirs)
        for address in (fake.url, both.backstage.url):
            refused = requests.get(address + USERINFO, headers={"Authorization": "Bearer a.b.c"}, timeout=SECONDS)
            assert refused.status_code == 401, address


def test_octokit_reads_and_reruns_through_backstage(both: Connected) -> None:
    """Its paging follows Link to the service directly, with the same token."""
    runs = [both.failed_run("api") for _ in range(120)]
    output = client(both, "octokit.mjs", both.person("jane"), runs[-1])
    assert sorted(output["runs"]) == sorted(output["ofWorkflow"]) == sorted(runs)
    assert (output["run"], output["branches"], output["repository"]) == (runs[-1], ["main"], "acme/api")
    assert (output["rerun"], output["attempt"]) == (201, 2)
    assert (output["logs"], output["file"], output["elsewhere"]) == (403, 403, 403)


def test_the_actions_plugins_client_reads_and_reruns_through_backstage(both: Connected) -> None:
    """It uses only the token of the user; joe sees the runs and may not re-run them."""
    run_id = both.failed_run("base")
    with pytest.raises(AssertionError, match=r"status: 403"):
        client(both, "plugin.mjs", both.person("joe"), run_id)
    assert both.attempts(run_id) == 1
    output = client(both, "plugin.mjs", both.person("jane"), run_id)
    assert (output["total"], output["runs"], output["run"]) == (1, [run_id], run_id)
    assert (output["workflow"], output["branches"], output["standard"]) == (
        ".github/workflows/build.yml",
        ["main"],
        "main",
    )
    assert (output["rerun"], output["attempt"], output["logs"]) == (201, 2, 403)


def test_new_keys_of_backstage_are_read_after_a_restart(both: Connected) -> None:
    """New tokens are valid within seconds, and earlier tokens no longer are."""
    before = both.person("jane").token
    assert directly(both, PORTAL, before).status_code == 200
    both.backstage.restart()
    after = both.person("jane")
    both.backstage.wait_for(lambda: after.ask(PORTAL).status_code == 200, KEYS_WITHIN)
    assert directly(both, PORTAL, after.token).status_code == 200
    old = directly(both, PORTAL, before)
    assert (old.status_code, "Backstage does not have the key that it names" in old.json()["message"]) == (401, True)


def members(source: str) -> list[set[str]]:
    """The names in the header and claims of a token, or in each key of a key set at an address."""
    if source.startswith("http"):
        return [set(key) for key in requests.get(source, timeout=SECONDS).json()["keys"]]
    claims = jwt.decode(source, options={"verify_signature": False})
    return [set(jwt.get_unverified_header(source)), set(claims)]


def client(both: Connected, script: str, person: Person, run_id: int) -> dict[str, Any]:
    """The output of a client of GitHub that calls Backstage with the token of the person."""
    run = both.world.github.state.runs[run_id]
    return run_client(
        script,
        FACE_URL=f"{both.backstage.url}{SERVICE}{FACE}",
        FACE_TOKEN=person.token,
        REPOSITORY=run.repository.full_name,
        RUN_ID=str(run_id),
        JOB_ID=str(run.job_id),
        BRANCH="main",
        WORKFLOW="build.yml",
    )
