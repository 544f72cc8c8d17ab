"""The fake GitHub's Apps: which signatures they accept, and how long their tokens are valid."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.peers.github.apps import App
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.github.keys import APP_ID, key, public_pem

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTALLATION = "/users/acme/installation"


@pytest.fixture
def app(github: GitHub) -> App:
    """An App that acme has installed, with a clock that advances only by sleeping."""
    github.state.clock = lambda: NOW
    github.add_repository(NAME, FILES, private=True)
    app = github.apps.register(APP_ID, public_pem())
    github.apps.install(app, "acme")
    return app


def signed(changes: Mapping[str, object] | None = None, by: rsa.RSAPrivateKey | None = None) -> str:
    """A JWT of the App."""
    now = int(NOW.timestamp())
    return jwt.encode({"iss": APP_ID, "iat": now - 60, "exp": now + 540, **(changes or {})}, by or key(), "RS256")


def ask(github: GitHub, method: str, path: str, token: str) -> requests.Response:
    """A plain request."""
    return requests.request(method, f"{github.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=60)


def token_of(github: GitHub, app: App) -> str:
    """A token of the installation."""
    path = f"/app/installations/{app.installations[0].id}/access_tokens"
    return str(ask(github, "POST", path, signed()).json()["token"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exp": int(NOW.timestamp()) + 601}, "too far in the future"),
        ({"exp": int(NOW.timestamp())}, "numeric value in the future"),
        ({"iat": int(NOW.timestamp()) + 1}, "in the past"),
        ({"iss": "other"}, "could not be decoded"),
    ],
)
def test_wrong_claims_are_refused(github: GitHub, app: App, changes: dict[str, object], words: str) -> None:
    """The refusal is GitHub's."""
    answer = ask(github, "GET", INSTALLATION, signed(changes))

    assert answer.status_code == 401
    assert words in answer.json()["message"]


def test_only_the_app_s_own_key_signs(github: GitHub, app: App) -> None:
    """Another key, no key and an installation's token are refused."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    unsigned = jwt.encode(jwt.decode(signed(), options={"verify_signature": False}), "", "none")

    for text in (signed(by=other), unsigned, token_of(github, app), ""):
        assert ask(github, "GET", INSTALLATION, text).status_code == 401


@pytest.mark.parametrize("path", [INSTALLATION, "/orgs/acme/installation", f"/repos/{NAME}/installation"])
def test_an_installation_is_found(github: GitHub, app: App, path: str) -> None:
    """It is found by its owner, a user or an organization, or by a repository."""
    document = ask(github, "GET", path, signed()).json()

    assert (document["id"], document["account"]["login"]) == (app.installations[0].id, "acme")


def test_a_token_expires_by_the_peer_s_clock(github: GitHub, app: App) -> None:
    """After an hour it is refused; before that it belongs to no user."""
    token = token_of(github, app)
    assert ask(github, "GET", f"/repos/{NAME}", token).status_code == 200
    assert ask(github, "GET", "/user", token).status_code == 403

    github.state.clock = lambda: NOW + timedelta(hours=1)
    assert ask(github, "GET", f"/repos/{NAME}", token).status_code == 401
