"""A GitHub App's credentials, with the fake GitHub."""

import threading
from datetime import datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from proxy.errors import Garbage, InvalidSetting, Refused, Unavailable
from proxy.github.app import AppCredentials
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.apps import App
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import Clock
from tests.proxy.github.keys import APP_ID, key, private_pem, public_pem
from tests.proxy.scripted import ScriptedHost


@pytest.fixture
def clock(github: GitHub) -> Clock:
    """The clock of both sides."""
    clock = Clock()
    github.state.clock = clock.now
    return clock


@pytest.fixture
def app(github: GitHub, clock: Clock) -> App:
    """An App that acme and mona have installed; each has a private repository."""
    app = github.apps.register(APP_ID, public_pem())
    github.add_repository(NAME, FILES, private=True)
    github.add_repository("mona/site", FILES, private=True, owner_type="User")
    for owner in ("acme", "mona"):
        github.apps.install(app, owner)
    return app


@pytest.fixture
def credentials(github: GitHub, app: App, transport: Transport, clock: Clock) -> AppCredentials:
    """The App's credentials."""
    return AppCredentials(transport, github.url, APP_ID, private_pem(), clock.now)


def tokens_made(github: GitHub) -> int:
    """How many tokens were requested."""
    return sum(seen.path.endswith("/access_tokens") for seen in github.log)


def test_each_owner_has_a_token_of_its_own(github: GitHub, credentials: AppCredentials, transport: Transport) -> None:
    """A token of one owner does not give access to another owner's repositories."""
    session = GitHubSession(transport, github.url, credentials)
    for repository in (NAME, "mona/site"):
        assert session.ask("GET", f"/repos/{repository}", owner=repository.partition("/")[0]).status == 200

    assert credentials.token("acme") != credentials.token("mona")
    with pytest.raises(Exception, match="404"):
        session.ask("GET", "/repos/mona/site", owner="acme")


def test_an_app_acts_as_its_bot(credentials: AppCredentials) -> None:
    """The bot's login is derived from the installation, because an App may not read its own user."""
    assert credentials.login("acme") == "image-factory[bot]"


def test_a_token_is_kept_until_shortly_before_it_expires(
    github: GitHub, credentials: AppCredentials, clock: Clock
) -> None:
    """It is replaced five minutes before; the case of an owner's name does not matter."""
    token = credentials.token("acme")
    clock.at += timedelta(minutes=54)
    assert credentials.token("Acme") == token
    assert tokens_made(github) == 1

    clock.at += timedelta(minutes=1)
    assert credentials.token("acme") != token


def test_many_callers_fetch_one_token(github: GitHub, credentials: AppCredentials) -> None:
    """All callers wait for the same request."""
    tokens: list[Secret] = []
    askers = [threading.Thread(target=lambda: tokens.append(credentials.token("acme"))) for _ in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(20)
    assert len(tokens) == 20
    assert len(set(tokens)) == 1
    assert tokens_made(github) == 1


def test_a_refused_token_is_replaced(github: GitHub, credentials: AppCredentials, transport: Transport) -> None:
    """After GitHub revokes a token, the session repeats the request once with a new one."""
    session = GitHubSession(transport, github.url, credentials)
    session.ask("GET", f"/repos/{NAME}", owner="acme")
    github.apps.revoke_tokens()

    assert session.ask("GET", f"/repos/{NAME}", owner="acme").status == 200
    assert tokens_made(github) == 2


def test_a_newer_token_is_not_discarded(github: GitHub, credentials: AppCredentials) -> None:
    """Two callers may be refused with the same old token."""
    old = credentials.token("acme")
    credentials.discard("acme", old)
    new = credentials.token("acme")
    credentials.discard("acme", old)
    assert credentials.token("acme") == new != old


def test_an_app_that_is_not_installed_is_refused(credentials: AppCredentials) -> None:
    """The message names the owner, whose name is encoded in the path."""
    with pytest.raises(Refused, match="not installed for nobody; install it for nobody"):
        credentials.token("nobody")
    with pytest.raises(Refused, match="not installed"):
        credentials.token("acme/../../app")


def test_a_suspended_installation_is_refused(github: GitHub, credentials: AppCredentials, app: App) -> None:
    """The reason is the same before and after GitHub refuses a token."""
    app.installations[0].suspended = True
    with pytest.raises(Refused, match="acme suspended the GitHub App"):
        credentials.token("acme")

    github.fail("POST /app/installations/.*", 403, message="This installation has been suspended")
    with pytest.raises(Refused, match="This installation has been suspended"):
        credentials.token("mona")


@pytest.mark.parametrize("off", [timedelta(seconds=-59), timedelta(seconds=59)])
def test_a_clock_may_be_a_little_off(
    github: GitHub, app: App, transport: Transport, clock: Clock, off: timedelta
) -> None:
    """The JWT is issued one minute in the past and valid for less than ten."""

    def ours() -> datetime:
        return clock.now() + off

    assert AppCredentials(transport, github.url, APP_ID, private_pem(), ours).token("acme")


def test_the_signed_claims(transport: Transport, clock: Clock) -> None:
    """RS256, the App's id, issued one minute in the past, valid for nine minutes."""
    with ScriptedHost(lambda _: Answer(500)) as host:
        with pytest.raises(Unavailable):
            AppCredentials(transport, f"{host.url}/api/v3/", APP_ID, private_pem(), clock.now).token("acme")
        text = host.requests[0].authorization.removeprefix("Bearer ")
        assert host.asked[0] == "GET /api/v3/users/acme/installation"
    unchecked = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(text, key().public_key(), algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]  # checks only that are off
    now = int(clock.at.timestamp())
    assert claims == {"iss": APP_ID, "iat": now - 60, "exp": now + 540}


def test_an_unknown_key_is_refused(github: GitHub, app: App, transport: Transport, clock: Clock) -> None:
    """The message names the id, the key and the clock as possible causes."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    strange = AppCredentials(transport, github.url, APP_ID, private_pem(other), clock.now)
    with pytest.raises(Refused, match="IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY and this machine's clock"):
        strange.token("acme")


def test_a_lost_token_is_requested_again(github: GitHub, credentials: AppCredentials) -> None:
    """A lost answer to a token request is a transient failure, not an unknown outcome."""
    github.fail("POST /app/installations/.*", 502)
    with pytest.raises(Unavailable, match="502"):
        credentials.token("acme")

    assert credentials.token("acme")


def test_a_rate_limit_stops_further_tokens(github: GitHub, credentials: AppCredentials) -> None:
    """Until it ends, no token is requested for any owner."""
    github.fail("GET /users/acme/installation", 429, {"Retry-After": "60"})
    with pytest.raises(Unavailable):
        credentials.token("acme")
    asked = len(github.log)
    with pytest.raises(Unavailable, match="no requests go to"):
        credentials.token("mona")
    assert len(github.log) == asked


@pytest.mark.parametrize(
    "document",
    [
        {"token": "ghs_x", "expires_at": "soon"},
        {"token": "ghs_x", "expires_at": "2026-11-22T13:00:00"},
        {"token": "ghs x", "expires_at": "2026-11-22T13:00:00Z"},
        {"token": "", "expires_at": "2026-11-22T13:00:00Z"},
        {"token": 1},
        [],
    ],
)
def test_an_answer_that_is_not_a_token_is_garbage(transport: Transport, clock: Clock, document: object) -> None:
    """The message does not contain the answer."""
    with ScriptedHost() as host:
        host.script = lambda asked: json_answer(200, {"id": 1} if asked.method == "GET" else document)
        with pytest.raises(Garbage, match="cannot be read") as caught:
            AppCredentials(transport, host.url, APP_ID, private_pem(), clock.now).token("acme")
    assert "ghs" not in str(caught.value)


def test_a_key_with_escaped_line_breaks_is_accepted(transport: Transport, clock: Clock) -> None:
    """Files with environment variables have one line for each variable."""
    escaped = Secret(private_pem().reveal().replace("\n", "\\n"))
    AppCredentials(transport, "https://api.github.com", APP_ID, escaped, clock.now)


def test_an_invalid_key_is_refused_without_showing_it(transport: Transport, clock: Clock) -> None:
    """Text, a public key, another type of key, a key with a passphrase and a short key are refused."""
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is to be refused
    curve = ec.generate_private_key(ec.SECP256R1())
    plain, locked = NoEncryption(), BestAvailableEncryption(b"pass")
    texts = [
        "not-a-key",
        public_pem().decode(),
        private_pem().reveal()[:200],
        private_pem(weak).reveal(),
        curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, plain).decode(),
        key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode(),
    ]
    for text in texts:
        with pytest.raises(InvalidSetting, match="IMAGE_FACTORY_GITHUB_APP_PRIVATE_KEY: ") as caught:
            AppCredentials(transport, "https://api.github.com", APP_ID, Secret(text), clock.now)
        assert text not in str(caught.value)
        assert caught.value.__cause__ is None
