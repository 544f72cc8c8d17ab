"""Tests of an image's workflow runs over HTTP."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from provider.api.answers.cursors import cursor_of
from provider.api.writes import MOST_BYTES
from provider.auth.access import Access
from provider.auth.callers import Caller, CallerRole
from provider.auth.permissions import Action, may
from provider.ports import Place
from provider.services.auditing import AUDIT
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import unavailable
from tests.peers.github.server import GitHub
from tests.provider.api.github_worlds import (
    OTHER_SECRET,
    PUBLIC_URL,
    READER,
    REBUILDER,
    REPOSITORY,
    World,
    add_runs,
    as_caller,
    world,
)

RUNS = "/api/v1/images/portal/runs"
PROMISED = (
    "id name title status conclusion durationSeconds headSha headBranch event actor attempt createdAt updatedAt url "
    "commitUrl commitMessage"
)


@pytest.fixture(name="found")
def made_world(github: GitHub) -> Iterator[World]:
    """An enrolled monorepo."""
    with world(github) as found:
        yield found


@pytest.fixture(name="client")
def made_client(found: World) -> FlaskClient:
    """A client of the web part."""
    return found.app.test_client()


def rerun(client: FlaskClient, run_id: int, token: str = REBUILDER, **headers: str) -> tuple[int, dict[str, object]]:
    """Request a re-run of the failed jobs."""
    answer = client.post(f"{RUNS}/{run_id}/rerun", json={"failedOnly": True}, headers={**as_caller(token), **headers})
    return answer.status_code, answer.get_json()


def posts(found: World) -> list[str]:
    """The POST requests that GitHub received."""
    return [line for line in found.requests() if line.startswith("POST")]


def test_a_page_has_the_promised_fields(found: World, client: FlaskClient) -> None:
    """It has every field, the fields of every list and its age, and no runs of the other workflow."""
    (run_id,) = add_runs(found, 1)
    add_runs(found, 3, "docs.yml")
    page = client.get(RUNS, headers=as_caller(READER)).get_json()

    (run,) = page["items"]
    assert set(run) == set(PROMISED.split())
    assert (run["id"], run["status"], run["conclusion"], run["attempt"]) == (run_id, "completed", "failure", 1)
    assert run["durationSeconds"] >= 0
    assert run["url"] == f"https://github.com/{REPOSITORY}/actions/runs/{run_id}"
    assert (page["total"], page["page"], page["next"], page["stale"]) == (1, 1, None, False)
    assert page["fetchedAt"] == found.clock.at.isoformat().replace("+00:00", "Z")


def test_next_leads_through_all_pages(found: World, client: FlaskClient) -> None:
    """Following `next` returns every run once, the newest first, and keeps the filters."""
    ids = add_runs(found, 45)
    seen, path = [], f"{RUNS}?pageSize=20&branch=main&status=failure"
    while path:
        page = client.get(path, headers=as_caller(READER)).get_json()
        seen += [run["id"] for run in page["items"]]
        path = page["next"]
    assert seen == ids
    assert client.get(f"{RUNS}?page=3&pageSize=20", headers=as_caller(READER)).get_json()["items"][0]["id"] == ids[40]


@pytest.mark.parametrize("query", ["status=broken", "branch=a%20b", "branch=", "refresh=perhaps", "page=0", "cursor=x"])
def test_an_invalid_query_parameter_is_named(found: World, client: FlaskClient, query: str) -> None:
    """The response is 422, and GitHub is not called."""
    answer = client.get(f"{RUNS}?{query}", headers=as_caller(READER))
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.get_json()["errors"]["query"]
    assert found.requests() == []


@pytest.mark.parametrize(
    ("name", "words"), [("node", "base image"), ("mirror", "names no GitHub Actions workflow"), ("none", "no image")]
)
def test_images_without_a_workflow_have_no_runs(client: FlaskClient, name: str, words: str) -> None:
    """The response is 404 and says why."""
    answer = client.get(f"/api/v1/images/{name}/runs", headers=as_caller(READER))
    assert answer.status_code == 404
    assert words in answer.get_json()["message"]


def test_failures_of_github_have_their_statuses(found: World, client: FlaskClient) -> None:
    """Without a cached page the response is 503, with one it is stale; for a deleted repository it is 404."""
    found.github.script("GET /repos/.*", *[unavailable(503, ("Retry-After", "7"))])
    assert client.get(RUNS, headers=as_caller(READER)).status_code == 503
    found.clock.sleep(30)
    client.get(RUNS, headers=as_caller(READER))
    found.clock.sleep(120)
    found.github.down()
    assert client.get(RUNS, headers=as_caller(READER)).get_json()["stale"] is True
    found.github.up()
    found.clock.sleep(120)
    found.github.remove_repository(REPOSITORY)
    assert client.get(RUNS, headers=as_caller(READER)).status_code == 404


def test_a_rerun_stays_done_if_its_record_cannot_be_stored(
    found: World, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, and has the act itself."""
    (run_id,) = add_runs(found, 1)
    found.records.broken = True
    with caplog.at_level(logging.INFO):
        assert rerun(client, run_id)[0] == 202
    assert "the record of rerun by ci could not be stored; the audit log has it" in caplog.text
    assert "rerun caller=ci" in caplog.text


def test_a_rerun_is_taken_audited_and_counted(
    found: World, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The response is 202 with the id; the audit record has caller, image, run, jobs and outcome, and no token."""
    (run_id,) = add_runs(found, 1)
    client.get(RUNS, headers=as_caller(READER))
    with caplog.at_level(logging.INFO, AUDIT):
        assert rerun(client, run_id) == (202, {"id": run_id})
        assert rerun(client, run_id)[0] == 409
        assert rerun(client, run_id, READER)[0] == 403

    ours = f"image=portal repository={REPOSITORY} run={run_id} what=failed-jobs"
    assert [record.getMessage() for record in caplog.records if record.name == AUDIT] == [
        f"rerun caller=ci {ours} outcome=done",
        f"rerun caller=ci {ours} outcome=refused",
        f"rerun caller=dashboard {ours} outcome=not-allowed",
    ]
    stored = [(record.caller, record.action, record.name, record.outcome) for record in found.records.kept]
    assert stored == [
        ("ci", "rerun", "portal", "done"),
        ("ci", "rerun", "portal", "refused"),
        ("dashboard", "rerun", "portal", "not-allowed"),
    ]
    assert {record.reason for record in found.records.kept} == {f"run {run_id}, failed jobs"}
    assert {record.at for record in found.records.kept} == {found.clock.at}
    assert not any(secret in caplog.text for secret in (TOKEN, READER, REBUILDER))
    assert 'image_factory_reruns_total{outcome="done"} 1.0' in client.get("/metrics", headers=as_caller(READER)).text
    assert client.get(RUNS, headers=as_caller(READER)).get_json()["items"][0]["attempt"] == 2
    assert posts(found) == [f"POST /repos/{REPOSITORY}/actions/runs/{run_id}/rerun-failed-jobs"]


def test_a_run_of_another_workflow_is_not_found(found: World, client: FlaskClient) -> None:
    """The response is 404, even if the run is in the same repository."""
    (run_id,) = add_runs(found, 1, "docs.yml")
    assert rerun(client, run_id)[0] == 404
    assert posts(found) == []


def test_an_unknown_outcome_is_reported(found: World, client: FlaskClient) -> None:
    """The response is 502 and says what to check; the request was sent once."""
    (run_id,) = add_runs(found, 1)
    found.github.lose_answer("POST /repos/.*")
    code, problem = rerun(client, run_id)
    assert (code, len(posts(found))) == (502, 1)
    assert "is not known" in str(problem["message"])


def test_only_json_from_our_own_pages_is_accepted(found: World, client: FlaskClient) -> None:
    """A form is 415, an invalid body 422, a page on another site 403; GitHub is not called."""
    path, headers = f"{RUNS}/1/rerun", as_caller(REBUILDER)
    assert client.post(path, data={"failedOnly": "true"}, headers=headers).status_code == 415
    assert client.post(path, headers=headers).status_code == 415
    for body in ({}, {"failedOnly": "perhaps"}, {"failedOnly": True, "all": True}):
        assert client.post(path, json=body, headers=headers).status_code == 422
    for origin in ("https://elsewhere.example", "null", "http://factory.example:81", "http://["):
        assert rerun(client, 1, Origin=origin)[0] == 403
    assert found.requests() == []

    (run_id,) = add_runs(found, 1)
    assert rerun(client, run_id, Origin=PUBLIC_URL)[0] == 202


def test_an_owner_may_rerun_and_a_reader_may_not() -> None:
    """A re-run requires the permission to rebuild, which the owner of the image has."""
    owner = Caller("user:default/mia", CallerRole.READ, frozenset({"group:default/team-a"}))
    assert may(owner, Action.REBUILD, "group:default/team-a", ())
    assert not may(replace(owner, ownership=frozenset()), Action.REBUILD, "group:default/team-a", Access().admins)


def test_the_document_describes_it(client: FlaskClient) -> None:
    """It has both paths with their statuses, also those of failures of GitHub."""
    paths = client.get("/api/openapi.json", headers=as_caller(READER)).get_json()["paths"]
    assert {"200", "401", "404", "422", "502", "503"} <= set(paths["/api/v1/images/{name}/runs"]["get"]["responses"])
    again = paths["/api/v1/images/{name}/runs/{run_id}/rerun"]["post"]
    assert {"202", "403", "404", "409", "415", "422", "502", "503"} <= set(again["responses"])
    assert again["requestBody"]["required"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"failedOnly": ' + b"9" * 5000 + b"}", 400),
        (b'{"failedOnly": true, "failedOnly": false}', 400),
        (b"\xff\xfe", 400),
        (b"[true]", 422),
        (b'"' + b"a" * MOST_BYTES + b'"', 413),
    ],
)
def test_an_ambiguous_or_broken_body_is_refused(found: World, client: FlaskClient, body: bytes, status: int) -> None:
    """A body that is too deep, too long or ambiguous is refused, and GitHub is not called."""
    answer = client.post(f"{RUNS}/1/rerun", data=body, content_type="application/json", headers=as_caller(REBUILDER))
    assert (answer.status_code, found.requests()) == (status, [])


def test_a_page_on_another_site_is_refused_without_origin_too(found: World, client: FlaskClient) -> None:
    """Browsers send Sec-Fetch-Site even if a user has turned Origin off."""
    for site in ("cross-site", "same-site", "x"):
        assert rerun(client, 1, **{"Sec-Fetch-Site": site})[0] == 403
        again = f"/proxy/github/repos/{REPOSITORY}/actions/runs/1/rerun"
        assert client.post(again, headers={**as_caller(REBUILDER), "Sec-Fetch-Site": site}).status_code == 403
    assert found.requests() == []
    (run_id,) = add_runs(found, 1)
    assert rerun(client, run_id, **{"Sec-Fetch-Site": "same-origin"})[0] == 202


@pytest.mark.parametrize("number", ["0", "-1", "\u0663", "1" * 10, "9" * 1900, ""])
def test_an_invented_cursor_is_refused(found: World, client: FlaskClient, number: str) -> None:
    """The response is 422, and GitHub is not called for such a page."""
    made_up = cursor_of("runs None None 20", Place(number, ""))
    assert client.get(f"{RUNS}?cursor={made_up}", headers=as_caller(READER)).status_code == 422
    assert found.requests() == []


@pytest.mark.parametrize("path", [RUNS, "/images/portal/runs", f"/proxy/github/repos/{REPOSITORY}/actions/runs"])
def test_a_title_with_a_secret_of_the_service_is_shown_without_it(found: World, client: FlaskClient, path: str) -> None:
    """Who may push to a repository chooses the titles of its runs."""
    found.github.add_run(REPOSITORY, "build.yml", title=f"Bump {OTHER_SECRET}", conclusion="success")

    answer = client.get(path, headers=as_caller(READER))

    assert answer.status_code == 200
    assert OTHER_SECRET not in answer.text
