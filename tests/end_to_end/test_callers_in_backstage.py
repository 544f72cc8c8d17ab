"""People of a real Backstage as callers: through its proxy plugin, by a template of its scaffolder, and directly."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jwt
import pytest
import requests

from tests.end_to_end.connected import PROXY_TOKEN, Connected, connected
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
    """Ask for the failed jobs of a run of portal, through Backstage."""
    return person.ask(f"{PORTAL}/runs/{run_id}/rerun", method="POST", json={"failedOnly": True}, **headers)


def newest_run(person: Person, run_id: int) -> dict[str, Any] | None:
    """The newest run of portal through Backstage, once it is that one."""
    answer = person.ask(f"{PORTAL}/runs?refresh=true")
    assert answer.status_code == 200, answer.text
    newest: dict[str, Any] = answer.json()["items"][0]
    return newest if newest["id"] == run_id else None


def directly(both: Connected, path: str, token: str) -> requests.Response:
    """Ask the service itself, with nothing but a token in Authorization."""
    return requests.get(f"{both.world.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)


def test_versions_and_runs_are_seen_through_backstage(both: Connected) -> None:
    """A signed-in user and the guest see both; GitHub is asked with the service's own token alone."""
    run_id = both.failed_run("portal")
    for person in (both.person("jane"), Person.guest(both.backstage)):
        versions = person.ask(f"{PORTAL}/versions")
        assert (versions.status_code, [item["tag"] for item in versions.json()["items"]]) == (200, ["latest"])
        # Asked anew at most once every few seconds, and another test may just have asked.
        newest = both.backstage.wait_for(partial(newest_run, person, run_id), SECONDS)
        assert newest["conclusion"] == "failure"
    assert all(request.authorized for request in both.world.github.log)


def test_without_a_login_backstage_refuses(both: Connected) -> None:
    """Nobody, and whoever brings a token that Backstage did not give, gets no further than Backstage."""
    address = f"{both.backstage.url}{SERVICE}{PORTAL}"
    for headers in ({}, {"Authorization": "Bearer a.b.c"}, {"X-Image-Factory-Token": PROXY_TOKEN}):
        answer = requests.get(address, headers=headers, timeout=SECONDS)
        assert (answer.status_code, answer.json()["error"]["name"]) == (401, "AuthenticationError")


def test_a_token_alone_is_enough_for_the_service(both: Connected) -> None:
    """Without Backstage's proxy and its secret; but only as Backstage signed it."""
    token = both.person("jane").token
    assert directly(both, f"{PORTAL}/runs", token).status_code == 200
    head, claims, signature = token.split(".")
    half = len(signature) // 2
    broken = directly(both, PORTAL, f"{head}.{claims}.{signature[half:]}{signature[:half]}")
    assert (broken.status_code, broken.json()["code"]) == (401, 401)
    assert "its signature is not by the key that it names" in broken.json()["message"]
    assert token not in (both.world.folder / "service.log").read_text()


def test_the_owner_may_run_a_run_again_and_another_may_not(both: Connected) -> None:
    """Jane's group owns the image; joe is told which right he lacks. A page's Origin does not come through."""
    run_id = both.failed_run("portal")
    joe = rerun(both.person("joe"), run_id)
    assert joe.status_code == 403
    assert "a user who owns it (group:default/platform)" in joe.json()["message"]
    assert both.attempts(run_id) == 1
    jane = rerun(both.person("jane"), run_id, Origin=both.backstage.url)
    assert (jane.status_code, both.attempts(run_id)) == (202, 2)
    assert f"run={run_id} what=failed-jobs outcome=not-allowed" in both.audit("user:default/joe")[-1]
    assert f"run={run_id} what=failed-jobs outcome=done" in both.audit("user:default/jane")[-1]


def test_an_answer_that_did_not_change_is_304(both: Connected) -> None:
    """ETag comes out of Backstage's proxy, and If-None-Match goes in; so do paging's headers."""
    jane = both.person("jane")
    first = jane.ask("/api/v1/images?pageSize=2")
    assert first.status_code == 200
    assert '"total"' in first.headers["X-Pagination"]
    catalog = jane.ask("/catalog/catalog-info.yaml")
    again = jane.ask("/catalog/catalog-info.yaml", If_None_Match=catalog.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_template_acts_for_whoever_runs_it(both: Connected) -> None:
    """The scaffolder brings a token of its own with the user in it; the service knows the user and their groups."""
    run_id = both.failed_run("portal")
    joe = both.person("joe").run_template("rerun-build", image="portal", run=str(run_id))
    assert (joe.status, both.attempts(run_id)) == ("failed", 1)
    assert "Finished step Look at the image" in joe.log
    assert "403" in joe.log
    assert f"run={run_id} what=all-jobs outcome=not-allowed" in both.audit("user:default/joe")[-1]
    jane = both.person("jane").run_template("rerun-build", image="portal", run=str(run_id))
    assert jane.status == "completed", jane.log
    assert jane.output == {"image": f"{both.world.registry.host}/acme/portal:latest", "rerun": 202}
    assert both.attempts(run_id) == 2
    assert f"run={run_id} what=all-jobs outcome=done" in both.audit("user:default/jane")[-1]


def test_the_fake_backstage_of_other_tests_is_like_the_real_one(both: Connected) -> None:
    """Tokens, keys and userinfo have the same members, so what is proven against the fake one counts here too."""
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
    """Its own paging follows Link to the service itself, where the same token counts."""
    runs = [both.failed_run("api") for _ in range(120)]
    told = client(both, "octokit.mjs", both.person("jane"), runs[-1])
    assert sorted(told["runs"]) == sorted(told["ofWorkflow"]) == sorted(runs)
    assert (told["run"], told["branches"], told["repository"]) == (runs[-1], ["main"], "acme/api")
    assert (told["rerun"], told["attempt"]) == (201, 2)
    assert (told["logs"], told["file"], told["elsewhere"]) == (403, 403, 403)


def test_the_actions_plugins_client_reads_and_reruns_through_backstage(both: Connected) -> None:
    """With nothing but the user's token of Backstage; joe sees the runs and may not run them again."""
    run_id = both.failed_run("base")
    with pytest.raises(AssertionError, match=r"status: 403"):
        client(both, "plugin.mjs", both.person("joe"), run_id)
    assert both.attempts(run_id) == 1
    told = client(both, "plugin.mjs", both.person("jane"), run_id)
    assert (told["total"], told["runs"], told["run"]) == (1, [run_id], run_id)
    assert (told["workflow"], told["branches"], told["standard"]) == (".github/workflows/build.yml", ["main"], "main")
    assert (told["rerun"], told["attempt"], told["logs"]) == (201, 2, 403)


def test_a_backstage_that_starts_with_new_keys_is_followed(both: Connected) -> None:
    """Its tokens count within seconds, and those of before no longer do."""
    before = both.person("jane").token
    assert directly(both, PORTAL, before).status_code == 200
    both.backstage.restart()
    after = both.person("jane")
    both.backstage.wait_for(lambda: after.ask(PORTAL).status_code == 200, KEYS_WITHIN)
    assert directly(both, PORTAL, after.token).status_code == 200
    old = directly(both, PORTAL, before)
    assert (old.status_code, "Backstage does not have the key that it names" in old.json()["message"]) == (401, True)


def members(source: str) -> list[set[str]]:
    """Of a token its header's and its claims' names; of the address of a key set the names in each key."""
    if source.startswith("http"):
        return [set(key) for key in requests.get(source, timeout=SECONDS).json()["keys"]]
    claims = jwt.decode(source, options={"verify_signature": False})
    return [set(jwt.get_unverified_header(source)), set(claims)]


def client(both: Connected, script: str, person: Person, run_id: int) -> dict[str, Any]:
    """What a client of GitHub tells that is led to Backstage, with the person's token."""
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
