"""Requests to a token server."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import Answer
from proxy.registries.token_requests import TokenRequest, WrongCredentials, fetch_token
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret
from tests.proxy.clocks import NOW

REALM = "https://auth.example.com/token"
CI = BasicCredentials("ci", Secret("word"))
SCOPES = ("repository:a:pull", "repository:b/c:pull")


class Server:
    """Keeps each request and sends one answer."""

    def __init__(self, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answer = Answer(status, headers or {}, content, REALM)
        self.asked: list[tuple[str, str, Mapping[str, str], bytes | None]] = []

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Answer one question."""
        self.asked.append((method, url, headers, body))
        return self._answer


def request(
    credentials: BasicCredentials | None = None, *, realm: str = REALM, service: str | None = "s"
) -> TokenRequest:
    """A request for two scopes."""
    return TokenRequest(realm, service, SCOPES, credentials)


def test_each_scope_is_a_query_parameter() -> None:
    """The service is one too, and Basic credentials are sent if they are allowed."""
    server = Server({"token": "t"})
    fetch_token(request(CI), server, lambda: NOW)
    ((method, url, headers, body),) = server.asked

    assert (method, body) == ("GET", None)
    assert parse_qs(urlsplit(url).query) == {"service": ["s"], "scope": list(SCOPES)}
    assert headers["authorization"] == "Basic Y2k6d29yZA=="


def test_a_missing_service_is_left_out_and_a_realm_s_own_query_stays() -> None:
    """GHCR names no service; without credentials no Authorization is sent."""
    server = Server({"token": "t"})
    fetch_token(request(realm=f"{REALM}?account=x#part", service=None), server, lambda: NOW)
    ((_, url, headers, _),) = server.asked

    assert parse_qs(urlsplit(url).query) == {"account": ["x"], "scope": list(SCOPES)}
    assert "#" not in url
    assert "authorization" not in headers


def test_an_identity_token_is_exchanged_in_the_body() -> None:
    """It is sent by POST, so that no address contains it."""
    server = Server({"access_token": "t"})
    fetch_token(request(BasicCredentials("", Secret(""), Secret("refresh-me"))), server, lambda: NOW)
    ((method, url, headers, body),) = server.asked

    assert (method, url) == ("POST", REALM)
    assert "authorization" not in headers
    assert parse_qs((body or b"").decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["image-factory"],
        "service": ["s"],
        "scope": [" ".join(SCOPES)],
        "refresh_token": ["refresh-me"],
    }


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"token": "t0ken", "expires_in": 300}, 285),
        ({"access_token": "t0ken", "expires_in": 300}, 285),
        ({"token": "t0ken"}, 45),
        ({"token": "t0ken", "expires_in": None}, 45),
        ({"token": "t0ken", "expires_in": "soon"}, 45),
        ({"token": "t0ken", "expires_in": -1}, 45),
        ({"token": "t0ken", "expires_in": 0}, 45),
        ({"token": "t0ken", "expires_in": "300"}, 45),
        ({"token": "", "access_token": "t0ken", "expires_in": 300}, 285),
        ({"token": "t0ken", "expires_in": 20}, 15),
        ({"token": "t0ken", "expires_in": 1e300}, 86_385),
        ({"token": "t0ken", "expires_in": 10**400}, 86_385),
    ],
)
def test_a_token_is_renewed_shortly_before_it_expires(answer: dict[str, object], seconds: float) -> None:
    """Both names of the token are read; without an expiry it is valid for one minute."""
    token = fetch_token(request(), Server(answer), lambda: NOW)

    assert token.secret == Secret("t0ken")
    assert token.renew_at - NOW == timedelta(seconds=seconds)
    assert "t0ken" not in repr(token)


@pytest.mark.parametrize(
    ("server", "credentials", "error"),
    [
        (Server({}, 401), CI, WrongCredentials),
        (Server({}, 401), None, Refused),
        (Server({}, 403), CI, Refused),
        (Server({}, 429), None, Unavailable),
        (Server({}, 500), None, Unavailable),
        (Server({}, 302), None, Garbage),
        (Server(b"<html>t0ken"), None, Garbage),
        (Server(b"[" * 100_000), None, Garbage),
        (Server(["t0ken"]), None, Garbage),
        (Server({"token": ""}), None, Garbage),
        (Server({"token": ["t0ken"]}), None, Garbage),
        (Server({"token": "t0ken\r\nX-Injected: yes"}), None, Garbage),
    ],
)
def test_no_token_says_why(server: Server, credentials: BasicCredentials | None, error: type[OutsideFailure]) -> None:
    """The message has the token server's address, and nothing of its answer."""
    with pytest.raises(error, match=REALM) as caught:
        fetch_token(request(credentials), server, lambda: NOW)
    assert "t0ken" not in str(caught.value)
    assert "word" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [(429, {"retry-after": "90"}, 90), (503, {"retry-after": "90"}, 90), (429, {}, 60), (500, {}, None)],
)
def test_a_wait_that_the_token_server_requires_is_kept(
    status: int, headers: dict[str, str], seconds: int | None
) -> None:
    """The time of its Retry-After; a minute for a 429 or 503 without it; no time for another server error."""
    with pytest.raises(Unavailable) as caught:
        fetch_token(request(), Server({}, status, headers), lambda: NOW)
    assert caught.value.retry_at == (None if seconds is None else NOW + timedelta(seconds=seconds))


class NoExchange(Server):
    """A token server that answers a POST with an error."""

    def __init__(self, status: int) -> None:
        super().__init__({"token": "t"})
        self.status = status

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Refuse POST."""
        answer = super().__call__(method, url, headers, body)
        return Answer(self.status, {}, b"", REALM) if method == "POST" else answer


@pytest.mark.parametrize("status", [400, 401, 404, 405, 501])
def test_a_token_server_without_exchange_gets_the_password(status: int) -> None:
    """If there is one beside the identity token."""
    server = NoExchange(status)
    both = BasicCredentials("ci", Secret("word"), Secret("refresh-me"))

    assert fetch_token(request(both), server, lambda: NOW).secret == Secret("t")
    assert [method for method, *_ in server.asked] == ["POST", "GET"]
    assert server.asked[1][2]["authorization"] == "Basic Y2k6d29yZA=="


@pytest.mark.parametrize(("status", "failure"), [(404, Refused), (405, Refused), (401, WrongCredentials)])
def test_without_a_password_the_refusal_of_the_exchange_stays(status: int, failure: type[OutsideFailure]) -> None:
    """There is nothing else to send."""
    server = NoExchange(status)
    with pytest.raises(failure, match=f"answered {status} to this registry's credentials"):
        fetch_token(request(BasicCredentials("", Secret(""), Secret("refresh-me"))), server, lambda: NOW)
    assert [method for method, *_ in server.asked] == ["POST"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_server_that_cannot_answer_now_is_not_asked_in_another_way(status: int) -> None:
    """It says nothing about what it supports."""
    server = NoExchange(status)
    with pytest.raises(Unavailable):
        fetch_token(request(BasicCredentials("ci", Secret("word"), Secret("refresh-me"))), server, lambda: NOW)
    assert [method for method, *_ in server.asked] == ["POST"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_the_token_server_s_own_words_are_in_the_message(status: int) -> None:
    """Without ids of requests, and without our credentials."""
    said = {"errors": [{"message": "authentication required. CorrelationId: 2f1c7a10-0000-4abc-9def-0123456789ab"}]}
    with pytest.raises(
        Refused, match=r"credentials \(authentication required\. CorrelationId: \.\.\.\); check"
    ) as caught:
        fetch_token(request(CI), Server(said, status), lambda: NOW)
    assert caught.value is not None

    for body in ("unknown user ci:word", "Y2k6d29yZA== is wrong", "<html>sign in</html>"):
        with pytest.raises(Refused, match=r"answered \d+ to this registry's credentials; check"):
            fetch_token(request(CI), Server(body.encode(), status), lambda: NOW)
    token = BasicCredentials("", Secret(""), Secret("an-identity-token"))
    with pytest.raises(Refused, match=r"credentials; check"):
        fetch_token(request(token), Server(b"an-identity-token has expired", status), lambda: NOW)
