"""Tokens, tested with registries and their clients."""

from datetime import timedelta

import jwt
import pytest
import requests

from tests.peers.exchange import Login
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN, TokenFields, TokenRequest, TokenServer


def ask(server: TokenServer, *scopes: str, login: Login | None = None) -> requests.Response:
    """A token request as clients send it."""
    basic = (login.user, login.password) if login else None
    query = {"service": server.service, "scope": list(scopes)}
    return requests.get(server.realm, params=query, auth=basic, timeout=60)


def access(answer: requests.Response) -> list[dict[str, object]]:
    """The access that the token grants."""
    claims = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    granted: list[dict[str, object]] = claims["access"]
    return granted


def test_the_registry_accepts_its_tokens(registry_with_tokens: DockerRegistry, token_server: TokenServer) -> None:
    """A user pushes with a token, anyone pulls a public name with one, and without a token nothing works."""
    push(registry_with_tokens.url, "public/app", ["1"], credentials=DEFAULT_LOGIN)
    address = f"{registry_with_tokens.url}/v2/public/app/tags/list"

    challenge = requests.get(address, timeout=60).headers["WWW-Authenticate"]
    token = ask(token_server, "repository:public/app:pull").json()["token"]

    assert f'realm="{token_server.realm}"' in challenge
    assert requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=60).json()["tags"] == ["1"]


def test_anonymous_tokens_only_pull_public_names(token_server: TokenServer) -> None:
    """Other actions are missing from an anonymous token."""
    answer = ask(token_server, "repository:public/app:pull,push", "repository:private/app:pull")

    assert access(answer) == [{"type": "repository", "name": "public/app", "actions": ["pull"]}]
    assert token_server.log == [
        TokenRequest(("repository:public/app:pull,push", "repository:private/app:pull"), "test-registry", False, None)
    ]


def test_a_wrong_password_is_refused(token_server: TokenServer) -> None:
    """A wrong password gets 401, not an anonymous token."""
    answer = ask(token_server, "repository:public/app:pull", login=Login("ci", "wrong"))

    assert answer.status_code == 401
    assert token_server.log[0].user == "ci"


@pytest.mark.parametrize(("multi_scope", "names"), [(True, ["a", "b"]), (False, ["a"])])
def test_several_scopes_in_one_request(token_server: TokenServer, multi_scope: bool, names: list[str]) -> None:
    """Some servers grant all scopes of a request, others only the first."""
    token_server.multi_scope = multi_scope

    answer = ask(token_server, "repository:a:pull", "repository:b:pull", login=DEFAULT_LOGIN)

    assert [entry["name"] for entry in access(answer)] == names


@pytest.mark.parametrize("fields", TokenFields)
@pytest.mark.parametrize("tells_expiry", [True, False])
def test_the_fields_of_the_answer_vary(token_server: TokenServer, fields: TokenFields, tells_expiry: bool) -> None:
    """Registries use two names for the token, and may omit its expiry."""
    token_server.fields, token_server.tells_expiry, token_server.ttl = fields, tells_expiry, timedelta(seconds=90)

    answer = ask(token_server, "repository:public/app:pull").json()

    expiry = {"expires_in"} if tells_expiry else set()
    assert set(answer) == {*fields.value, "issued_at"} | expiry
    assert answer.get("expires_in", 90) == 90


def test_a_scripted_fault_is_answered_once(token_server: TokenServer) -> None:
    """After the fault, tokens are given again."""
    token_server.fail(503)

    assert [ask(token_server).status_code for _ in range(2)] == [503, 200]
