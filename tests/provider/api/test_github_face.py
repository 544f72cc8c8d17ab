"""Tests of /proxy/github over HTTP: what it forwards, and everything that it refuses."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from provider.auth.access import Access
from tests.peers.exchange import Answer, Request
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import CarryOut, echoing, next_page_at, redirected, unavailable
from tests.peers.github.server import GitHub
from tests.provider.api.github_worlds import (
    KEY,
    KEY_LINE,
    OTHER_SECRET,
    PUBLIC_URL,
    READER,
    REBUILDER,
    REPOSITORY,
    World,
    add_runs,
    as_caller,
    sent_headers,
    world,
)
from tests.proxy.secrets.written import basic, lower_escapes

FACE = f"/proxy/github/repos/{REPOSITORY}"
RUNS = f"{FACE}/actions/runs"
STALE = "X-Image-Factory-Stale"


@pytest.fixture(name="found")
def made_world(github: GitHub) -> Iterator[World]:
    """An enrolled monorepo."""
    with world(github) as found:
        yield found


@pytest.fixture(name="client")
def made_client(found: World) -> FlaskClient:
    """A client of the web part."""
    return found.app.test_client()


REFUSED = [
    ("GET", "/proxy/github/user"),
    ("GET", "/proxy/github/"),
    ("GET", f"{FACE}/contents/README.md"),
    ("GET", f"{FACE}/actions/secrets"),
    ("GET", f"{FACE}/actions/jobs/1/logs"),
    ("GET", f"{FACE}/actions/runs/1/logs"),
    ("GET", f"{FACE}/actions/artifacts"),
    ("GET", f"{FACE}/actions/runs/one"),
    ("GET", f"{FACE}/../secret"),
    ("GET", f"{FACE}/actions/runs/../../../secret"),
    ("GET", f"{FACE}/actions/runs/./1"),
    ("GET", "/proxy/github/repos/acme%2fportal/actions/runs"),
    ("GET", f"{FACE}/actions%2Fruns"),
    ("GET", f"{FACE}/branches/feature%2Fx"),
    ("GET", f"{FACE}/%2e%2e/secret"),
    ("GET", f"{FACE}/%252e%252e/secret"),
    ("GET", f"{FACE}/actions/runs%253Fx=y"),
    ("GET", f"{FACE}\\actions\\runs"),
    ("GET", f"{FACE}/actions/runs%00"),
    ("GET", f"{FACE}/actions/runs%0d%0aX-A:%20b"),
    ("GET", f"{FACE}//actions/runs"),
    ("GET", f"/proxy/github//repos/{REPOSITORY}"),
    ("GET", f"/proxy/github/https://api.github.com/repos/{REPOSITORY}"),
    ("GET", f"{RUNS}/"),
    ("GET", f"{RUNS}?access_token=x"),
    ("GET", f"{RUNS}?page=1&page=2"),
    ("GET", f"{RUNS}?branch=%0d%0aX-A:b"),
    ("GET", f"{RUNS}?{'&'.join(f'k{number}=1' for number in range(60))}"),
    ("GET", "/proxy/github/repos/acme/secret"),
    ("GET", "/proxy/github/repos/other/portal/actions/runs"),
    ("GET", "/proxy/github/repositories/1/actions/runs"),
    ("POST", RUNS),
    ("PUT", f"{FACE}/actions/workflows/build.yml/enable"),
    ("POST", f"{FACE}/actions/workflows/build.yml/dispatches"),
    ("POST", f"{RUNS}/1/cancel"),
    ("DELETE", f"{RUNS}/1"),
    ("PATCH", FACE),
    ("OPTIONS", RUNS),
    ("TRACE", RUNS),
    ("GET", f"{RUNS}/1/rerun"),
    ("PROPFIND", RUNS),
]


@pytest.mark.parametrize(("method", "path"), REFUSED)
def test_what_is_not_on_the_list_goes_nowhere(found: World, client: FlaskClient, method: str, path: str) -> None:
    """The response is 4xx in the format of every error, and GitHub is not called, even for a permitted caller."""
    answer = client.open(path, method=method, headers=as_caller(REBUILDER))

    assert answer.status_code in (403, 404, 405)
    assert set(answer.get_json()) == {"code", "status", "message", "errors", "requestId"}
    assert found.requests() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "GET"},
        {"X-Original-URL": RUNS, "X-Rewrite-URL": RUNS},
        {"X-Forwarded-Host": "api.github.com", "X-Forwarded-Prefix": "/proxy/github", "Forwarded": "host=x"},
    ],
)
def test_headers_change_neither_method_nor_path(found: World, client: FlaskClient, headers: Mapping[str, str]) -> None:
    """A refused request stays refused."""
    assert client.delete(f"{RUNS}/1", headers={**as_caller(REBUILDER), **headers}).status_code == 403
    assert client.get("/proxy/github/user", headers={**as_caller(REBUILDER), **headers}).status_code == 403
    assert found.requests() == []


@pytest.mark.parametrize("headers", [{}, as_caller("wrong"), as_caller(TOKEN), {"Cookie": "session=x"}])
def test_an_unknown_caller_causes_no_upstream_request(
    found: World, client: FlaskClient, headers: Mapping[str, str]
) -> None:
    """The response is 401, also for the credential of the service."""
    assert client.get(RUNS, headers=headers).status_code == 401
    assert found.requests() == []


def test_a_repository_without_enrolled_images_is_refused(found: World, client: FlaskClient) -> None:
    """It is refused as soon as its last image is removed, even if answers are still cached."""
    assert client.get(RUNS, headers=as_caller(READER)).status_code == 200
    before = found.requests()
    found.unenroll("portal")
    assert client.get(f"{RUNS}?page=1", headers=as_caller(READER)).status_code == 200
    found.unenroll("docs")

    assert client.get(RUNS, headers=as_caller(READER)).status_code == 403
    assert len(found.requests()) == len(before) + 1


def test_nothing_of_a_caller_reaches_github(found: World, client: FlaskClient) -> None:
    """GitHub gets only our token and headers, and the caller gets only the allowed parts of the answer."""
    seen: list[dict[str, str]] = []

    def record(request: Request, carry_out: CarryOut) -> Answer | None:
        seen.append(sent_headers(dict(request.headers.items())))
        answer = carry_out()
        return answer and answer.with_headers(("Set-Cookie", "a=b"), ("Access-Control-Allow-Origin", "*"))

    found.github.script("GET /repos/.*", record)
    strange = {
        "X-Image-Factory-Token": READER,
        "Cookie": "session=callers",
        "Accept": "application/vnd.github.raw",
        "Accept-Language": "de",
        "User-Agent": "callers",
        "X-GitHub-Api-Version": "1999-01-01",
        "X-Forwarded-For": "1.2.3.4",
        "Range": "bytes=0-1",
        "Origin": "https://elsewhere.example",
    }
    answer = client.get(FACE, headers={**as_caller(READER), **strange})

    (sent,) = seen
    assert sent["authorization"] == f"Bearer {TOKEN}"
    assert set(sent) <= {"authorization", "accept", "user-agent", "x-github-api-version", "host", "accept-encoding"}
    assert not {"callers", READER, "de", "1999-01-01"} & set(sent.values())
    names = {name.lower() for name, _ in answer.headers}
    assert not {"set-cookie", "access-control-allow-origin", "x-ratelimit-remaining", "x-github-request-id"} & names
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.get_json()["full_name"] == REPOSITORY


def test_fields_with_credentials_are_left_out(found: World, client: FlaskClient) -> None:
    """`temp_clone_token` of GitHub is removed; the rest of the document is unchanged."""

    def with_token(request: Request, carry_out: CarryOut) -> Answer | None:
        answer = carry_out()
        document = {**json.loads(answer.body if answer else b"{}"), "temp_clone_token": "AAAA", "id": 7}
        return Answer(200, json.dumps(document).encode(), (("Content-Type", "application/json"),))

    found.github.script("GET /repos/.*", with_token)
    answer = client.get(FACE, headers=as_caller(READER))

    assert (answer.get_json()["id"], "temp_clone_token" in answer.get_json()) == (7, False)


def test_links_to_pages_lead_through_the_proxy(found: World, client: FlaskClient) -> None:
    """Addresses with repository numbers become our addresses with names and the filters, for any Host header."""
    ids = add_runs(found, 25)
    headers = {**as_caller(READER), "X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    path, seen_ids = f"{RUNS}?per_page=10&branch=main", []
    while path:
        answer = client.get(path, headers=headers)
        seen_ids += [run["id"] for run in answer.get_json()["workflow_runs"]]
        links = re.findall(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        path = links[0].removeprefix(PUBLIC_URL) if links else ""
        assert not path or path.startswith(f"{RUNS}?")

    assert seen_ids == ids


@pytest.mark.parametrize("address", ["https://evil.example/x?page=2", "http://127.0.0.1:1/?page=2"])
def test_a_next_page_on_another_host_is_left_out(found: World, client: FlaskClient, address: str) -> None:
    """The response has no Link header."""
    found.github.script("GET /repos/.*", next_page_at(address))
    answer = client.get(RUNS, headers=as_caller(READER))

    assert (answer.status_code, answer.headers.get("Link")) == (200, None)


def test_a_redirect_to_another_host_is_not_followed(found: World, client: FlaskClient) -> None:
    """The response is 502, and the other host is not called, with or without our token."""
    with GitHub() as elsewhere:
        found.github.script("GET /repos/.*", redirected(f"{elsewhere.url}/repos/{REPOSITORY}"))
        answer = client.get(RUNS, headers=as_caller(READER))

        assert (answer.status_code, elsewhere.log) == (502, [])
        assert "redirected to another host" in answer.get_json()["message"]


@pytest.mark.parametrize("fields", [(), ("message", "name"), ("token",)])
def test_an_upstream_that_returns_our_credential(found: World, client: FlaskClient, fields: tuple[str, ...]) -> None:
    """If it is in the body or the headers, nothing of the answer is forwarded."""
    found.github.script("GET /repos/.*", echoing(*fields))
    answer = client.get(RUNS, headers=as_caller(READER))

    assert answer.status_code == 502
    assert TOKEN not in answer.get_data(as_text=True) + str(answer.headers)


def test_another_secret_of_ours_is_passed_to_nobody(found: World, client: FlaskClient) -> None:
    """An answer that contains it in a header is refused."""

    def returning(request: Request, carry_out: CarryOut) -> Answer | None:
        link = f'<{found.github.url}/x?page=2&value={OTHER_SECRET}>; rel="next"'
        return Answer(200, b'{"total_count": 0, "workflow_runs": []}', (("Link", link),))

    found.github.script("GET /repos/.*", returning)
    answer = client.get(RUNS, headers=as_caller(READER))

    assert answer.status_code == 502
    assert OTHER_SECRET not in answer.get_data(as_text=True) + str(answer.headers)


@pytest.mark.parametrize("written", [KEY_LINE, lower_escapes(quote(KEY_LINE, safe="")), basic(KEY)])
def test_a_line_of_our_key_does_not_leave(found: World, client: FlaskClient, written: str) -> None:
    """A field that contains it is left out; an answer with it in a header is refused."""

    def quoting(*headers: tuple[str, str]) -> Callable[[Request, CarryOut], Answer]:
        document = {"full_name": REPOSITORY, "description": f"cannot read {written}", "id": 7}
        answer = Answer(200, json.dumps(document).encode(), (("Content-Type", "application/json"), *headers))
        return lambda *_: answer

    found.github.script("GET /repos/.*", quoting())
    answer = client.get(FACE, headers=as_caller(READER))
    assert answer.get_json() == {"full_name": REPOSITORY, "id": 7}
    assert written not in answer.get_data(as_text=True)

    found.github.script("GET /repos/.*", quoting(("Link", f"<https://x/?{written}>")))
    refused = client.get(RUNS, headers=as_caller(READER))
    assert refused.status_code == 502
    assert written not in refused.get_data(as_text=True) + str(refused.headers)


def test_an_answer_is_cached_and_revalidated(found: World, client: FlaskClient) -> None:
    """Completed runs are cached for a minute; a known tag gives 304; HEAD has no body."""
    ids = add_runs(found, 3)
    path = f"{RUNS}/{ids[0]}"
    first = client.get(path, headers=as_caller(READER))
    unchanged = client.get(path, headers={**as_caller(REBUILDER), "If-None-Match": first.headers["ETag"]})
    head = client.head(path, headers=as_caller(READER))
    assert (first.status_code, unchanged.status_code, head.status_code) == (200, 304, 200)
    assert (unchanged.data, head.data, len(found.requests())) == (b"", b"", 1)
    assert not first.headers["ETag"].startswith("W/")

    found.clock.sleep(60)
    client.get(path, headers=as_caller(READER))
    assert "If-None-Match" in found.github.log[1].headers


def test_running_builds_are_read_again_after_fifteen_seconds(found: World, client: FlaskClient) -> None:
    """This holds for jobs and runs; branches and the repository are cached for five minutes."""
    run = found.github.add_run(REPOSITORY, "build.yml", created_at=found.clock.at)
    paths = (f"{RUNS}/{run.id}", f"{RUNS}/{run.id}/jobs", RUNS, f"{FACE}/branches", FACE)
    for _ in range(2):
        for path in paths:
            assert client.get(path, headers=as_caller(READER)).status_code == 200
        found.clock.sleep(15)
    assert len(found.requests()) == 2 * 3 + 2


def test_a_stale_answer_is_marked(found: World, client: FlaskClient) -> None:
    """It has the time at which it was read; without a cached answer the response is 503, or 404 from GitHub."""
    first = client.get(RUNS, headers=as_caller(READER))
    read_at = found.clock.at.isoformat().replace("+00:00", "Z")
    found.clock.sleep(120)
    found.github.script("GET /repos/.*", *[unavailable()] * 6)
    old = client.get(RUNS, headers=as_caller(READER))

    assert (first.headers.get(STALE), old.headers[STALE], old.data) == (None, read_at, first.data)
    assert client.get(FACE, headers=as_caller(READER)).status_code == 503
    assert client.get(f"{RUNS}/999", headers=as_caller(READER)).status_code == 404


def test_a_permitted_caller_can_rerun_a_run(found: World, client: FlaskClient) -> None:
    """The response is 201 and `{}`, as at GitHub; the cached run is read again."""
    run_id = add_runs(found, 1)[0]
    client.get(f"{RUNS}/{run_id}", headers=as_caller(READER))
    answer = client.post(f"{RUNS}/{run_id}/rerun-failed-jobs", headers=as_caller(REBUILDER))

    assert (answer.status_code, answer.get_json()) == (201, {})
    assert client.get(f"{RUNS}/{run_id}", headers=as_caller(READER)).get_json()["run_attempt"] == 2
    assert client.post(f"{RUNS}/{run_id}/rerun", headers=as_caller(REBUILDER)).status_code == 409


def test_a_rerun_without_permission_is_not_sent(found: World, client: FlaskClient) -> None:
    """This holds for a reader, and for a page on another site in the browser of an admin."""
    run_id = add_runs(found, 1)[0]
    path = f"{RUNS}/{run_id}/rerun"
    assert client.post(path, headers=as_caller(READER)).status_code == 403
    page = {**as_caller(REBUILDER), "Origin": "https://elsewhere.example"}
    assert client.post(path, headers=page).status_code == 403
    assert found.requests() == []


def test_a_run_of_another_workflow_is_not_rerun(found: World, client: FlaskClient) -> None:
    """The repository is enrolled, but the workflow builds no enrolled image."""
    run_id = add_runs(found, 1, "lint.yml")[0]

    assert client.post(f"{RUNS}/{run_id}/rerun", headers=as_caller(REBUILDER)).status_code == 403
    assert not [line for line in found.requests() if line.startswith("POST")]


SMUGGLED = f"GET {RUNS} HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
        f"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{SMUGGLED}",
        f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
        f"Content-Length : {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    ],
)
def test_smuggled_requests_have_no_caller(found: World, lines: str) -> None:
    """On a real server, every response is 4xx, and a request inside the body of another one has no caller."""
    server = make_server("127.0.0.1", 0, found.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            head = f"POST {RUNS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {REBUILDER}\r\n"
            connection.sendall(f"{head}{lines}".encode())
            connection.shutdown(socket.SHUT_WR)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    statuses = re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", received)
    assert statuses
    assert all(status.startswith(b"4") for status in statuses)
    assert found.requests() == []


def test_without_configured_callers_another_host_name_is_refused(github: GitHub) -> None:
    """A host name that an attacker points to this machine is refused."""
    with world(github, access=Access()) as found:
        client = found.app.test_client()
        assert client.get(RUNS, headers={"Host": "evil.example"}).status_code == 403
        assert found.requests() == []
        assert client.get(RUNS, headers={"Host": "localhost:8080"}).status_code == 200
