"""Requests to GitLab's API, against a scripted host."""

from datetime import timedelta

import pytest

from proxy.errors import (
    AddressRefused,
    Garbage,
    KeptBack,
    NotFound,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Unavailable,
)
from proxy.gitlab.session import GitLabSession
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.gitlab.state import TOKEN
from tests.proxy.clocks import NOW, Clock
from tests.proxy.gitlab.sessions import open_gitlab
from tests.proxy.scripted import ScriptedHost, in_turn

PROJECT = "/projects/acme%2Fapp"
EPOCH = str(int((NOW + timedelta(minutes=2)).timestamp()))


def test_the_token_is_sent_and_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is the API's, percent signs as given."""
    monkeypatch.setenv("HTTPS_PROXY", "http://192.0.2.1:1")
    with ScriptedHost() as host, open_gitlab(host.url) as session:
        session.ask("GET", f"{session.api_url}{PROJECT}")

    assert host.asked == [f"GET /api/v4{PROJECT}"]
    assert host.requests[0].authorization == f"Bearer {TOKEN}"
    assert host.requests[0].headers["User-Agent"] == "image-factory"


@pytest.mark.parametrize("url", ["https://elsewhere.example/api/v4/user", "/api/v4/user"])
def test_another_address_is_refused(url: str) -> None:
    """Nothing is sent, so the token stays here."""
    with ScriptedHost() as host, open_gitlab(host.url) as session:
        for address in (url, f"{host.url}/oauth/token"):
            with pytest.raises(Refused, match="not an address of GitLab's API"):
                session.ask("GET", address)
    assert host.asked == []


@pytest.mark.parametrize(
    ("status", "message", "get", "post", "words"),
    [
        (400, {"base": ["Reference not found"]}, Refused, Refused, "Reference not found"),
        (401, "401 Unauthorized", Refused, Refused, "check IMAGE_FACTORY_GITLAB_TOKEN"),
        (403, "403 Forbidden", Refused, Refused, "role in the project"),
        (404, "404 Project Not Found", NotFound, NotFound, "the service's token may not see it"),
        (409, "conflict", Refused, Refused, "cannot be carried out as it is"),
        (410, "gone", NotFound, NotFound, "does not exist"),
        (422, "unprocessable", Refused, Refused, "unprocessable"),
        (500, "500 Internal Server Error", Unavailable, OutcomeUnknown, "answered 500"),
        (502, "GitLab is not responding", Unavailable, OutcomeUnknown, "answered 502"),
        (503, "maintenance", Unavailable, OutcomeUnknown, "answered 503"),
        (599, "odd", Unavailable, OutcomeUnknown, "answered 599"),
    ],
)
def test_what_an_answer_means(
    status: int, message: object, get: type[OutsideFailure], post: type[OutsideFailure], words: str
) -> None:
    """By status, for a request that reads and for one that changes something, which is sent once."""
    with ScriptedHost(in_turn(json_answer(status, {"message": message}))) as host, open_gitlab(host.url) as session:
        for method, kind in (("GET", get), ("POST", post)):
            host.requests.clear()
            with pytest.raises(kind, match=words):
                session.ask(method, f"{session.api_url}{PROJECT}", body=b"{}" if method == "POST" else None)
        assert len(host.requests) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "30"}, 30),
        ({"RateLimit-Reset": EPOCH}, 120),
        ({"Retry-After": "30", "RateLimit-Reset": EPOCH}, 30),
        ({"RateLimit-Reset": "soon"}, 60),
        ({}, 60),
    ],
)
def test_a_rate_limit_keeps_every_request_back(headers: dict[str, str], wait: int) -> None:
    """Until the time that GitLab names; no request is sent before, then they are sent again."""
    clock = Clock()
    limited = Answer(429, b"Retry later\n", tuple(headers.items()))
    with ScriptedHost(in_turn(limited, json_answer(200, {}))) as host, open_gitlab(host.url, clock=clock) as session:
        with pytest.raises(Unavailable) as caught:
            session.ask("POST", f"{session.api_url}{PROJECT}/pipeline", body=b"{}")
        assert caught.value.retry_at == NOW + timedelta(seconds=wait)
        with pytest.raises(KeptBack):
            session.ask("GET", f"{session.api_url}{PROJECT}")
        assert len(host.requests) == 1
        clock.at = caught.value.retry_at
        assert session.ask("GET", f"{session.api_url}{PROJECT}").status == 200


def test_a_broken_connection_leaves_the_outcome_of_a_change_unknown() -> None:
    """It is sent once; a request that reads is repeated."""
    with ScriptedHost(in_turn(None)) as host, open_gitlab(host.url) as session:
        with pytest.raises(OutcomeUnknown):
            session.ask("POST", f"{session.api_url}{PROJECT}/pipeline", body=b"{}")
        assert len(host.requests) == 1
        with pytest.raises(Unavailable):
            session.ask("GET", f"{session.api_url}{PROJECT}")


def test_a_host_that_is_down_has_certainly_done_nothing() -> None:
    """A change is tried again later."""
    with ScriptedHost() as host, open_gitlab(host.url) as session:
        host.down()
        with pytest.raises(Unavailable):
            session.ask("POST", f"{session.api_url}{PROJECT}/pipeline", body=b"{}")


@pytest.mark.parametrize(
    "answer",
    [json_answer(200, {"name": TOKEN}), json_answer(400, {"message": TOKEN}), Answer(200, b"{}", (("A", TOKEN),))],
)
def test_an_answer_with_the_token_is_discarded(answer: Answer) -> None:
    """The message does not have it either."""
    with ScriptedHost(in_turn(answer)) as host, open_gitlab(host.url) as session:
        for method, kind in (("GET", Garbage), ("POST", OutcomeUnknown)):
            with pytest.raises(kind) as caught:
                session.ask(method, f"{session.api_url}{PROJECT}")
            assert TOKEN not in str(caught.value)


def test_a_private_address_has_to_be_listed() -> None:
    """As for every host: nothing is sent."""
    clock = Clock()
    transport = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)
    session = GitLabSession(transport, "https://127.0.0.1:1", Secret(TOKEN))

    with pytest.raises(AddressRefused, match="IMAGE_FACTORY_PRIVATE_HOSTS"):
        session.ask("GET", f"{session.api_url}/user")


def test_a_graphql_query_reads_by_get() -> None:
    """GitLab changes nothing by GET, so it may be repeated; variables are sent apart from the query."""
    answer = json_answer(200, {"data": {"project": {"id": "1"}}})
    with ScriptedHost(lambda _: answer) as host, open_gitlab(host.url) as session:
        assert session.query("query($p: ID!) { project(fullPath: $p) { id } }", {"p": "acme/app"}) == {
            "project": {"id": "1"}
        }
        (request,) = host.requests
    assert (request.method, request.path) == ("GET", "/api/graphql")
    assert request.query["variables"] == '{"p": "acme/app"}'
    assert request.authorization == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(200, {"errors": [{"message": "Field 'x' doesn't exist"}]}),
        json_answer(200, {"data": {"project": None}, "errors": [{"message": "no"}]}),
        json_answer(200, {"data": None}),
        json_answer(200, {"data": []}),
        json_answer(200, []),
        json_answer(200, None),
        Answer(200, b"<html>"),
        Answer(200, b"[" * 100_000),
    ],
)
def test_a_query_that_gitlab_cannot_carry_out_is_garbage(answer: Answer) -> None:
    """An old version does not know every field."""
    with (
        ScriptedHost(lambda _: answer) as host,
        open_gitlab(host.url) as session,
        pytest.raises(Garbage, match="GraphQL API cannot be read"),
    ):
        session.query("query { x }", {})
