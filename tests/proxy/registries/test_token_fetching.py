"""Which credentials a token is requested with, and what a refusal means."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.errors import AddressRefused, Refused
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.registries.token_fetching import WRONG_CREDENTIALS_WAIT
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.exchange import Login as HttpLogin
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, TokenRegistry, token_registry
from tests.proxy.scripted import Script, ScriptedHost, in_turn, open_transport, registries

CI = Login("ci", "hunter2-do-not-print")


@pytest.fixture(name="transport")
def reaching_loopback(clock: Clock) -> Iterator[Transport]:
    """A transport that may reach loopback, under both its names, by plain http."""
    with open_transport(clock, "127.0.0.1", "localhost") as transport:
        yield transport


@pytest.fixture(name="peer")
def registry_and_tokens() -> Iterator[TokenRegistry]:
    """A registry with a token server."""
    with token_registry() as peer:
        yield peer


def refusing(peer: TokenRegistry, *repositories: str, password: str = CI.password) -> Script:
    """A token server that answers 401 to a wrong password, and also to requests for these repositories."""
    grant = peer.tokens.script

    def play(request: Request) -> Answer | None:
        scopes = parse_qs(urlsplit(request.target).query).get("scope", [])
        wanted = {scope.split(":")[1] for scope in scopes}
        if request.basic_login != HttpLogin(CI.username, password) or wanted & {*repositories}:
            return Answer(401)
        return grant(request) if scopes else json_answer(200, {"token": "logged-in"})

    return play


def test_one_repository_that_may_not_be_read_refuses_no_other(
    transport: Transport, peer: TokenRegistry, clock: Clock
) -> None:
    """Also where the token server answers 401 to right credentials; the refused one is not asked for again at once."""
    grant = peer.tokens.script
    peer.tokens.script = refusing(peer, "secret")
    all_registries = registries(transport, {peer.registry.host: CI})
    for _ in range(2):
        with pytest.raises(Refused, match="repository:secret:pull, and accepts them otherwise; give them access"):
            all_registries.digest(peer.registry.image("secret:1"))
        assert all_registries.digest(peer.registry.image("ok:1")) == DIGEST
    assert sum("secret" in request.target for request in peer.tokens.requests) == 1
    clock.sleep(WRONG_CREDENTIALS_WAIT.total_seconds())
    peer.tokens.script = grant

    assert all_registries.digest(peer.registry.image("secret:1")) == DIGEST


@pytest.mark.parametrize("forbidden", [("r0",), ("r7",), ("r49",), ("r3", "r30", "r60")])
def test_in_a_sweep_all_others_are_answered(
    forbidden: tuple[str, ...], transport: Transport, peer: TokenRegistry, clock: Clock
) -> None:
    """A batch that is refused falls back to single scopes, in the first sweep and in later ones."""
    peer.tokens.script = refusing(peer, *forbidden)
    all_registries = registries(transport, {peer.registry.host: CI})
    wanted = [(peer.registry.image(f"r{number}:1"), None) for number in range(70)]
    for _ in range(3):
        answers = {reference.repository: answer for reference, answer in all_registries.check(wanted)}

        assert {name for name, answer in answers.items() if isinstance(answer, Refused)} == {*forbidden}
        assert {answer for name, answer in answers.items() if name not in forbidden} == {DIGEST}
        clock.sleep(15 * 60)


def test_a_wrong_password_is_found_by_one_request_without_scopes(transport: Transport, peer: TokenRegistry) -> None:
    """As `docker login` sends it; after that no repository is asked for."""
    peer.tokens.script = refusing(peer, password="another")
    all_registries = registries(transport, {peer.registry.host: CI})
    for number in range(5):
        with pytest.raises(Refused, match="answered 401 to this registry's credentials; check"):
            all_registries.digest(peer.registry.image(f"r{number}:1"))

    assert [urlsplit(request.target).query for request in peer.tokens.requests] == ["scope=repository%3Ar0%3Apull", ""]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_where_a_token_server_requires_scopes_an_unproven_password_counts_as_wrong(
    status: int, transport: Transport, peer: TokenRegistry
) -> None:
    """Repeated attempts can lock the account."""
    peer.tokens.script = lambda request: Answer(401 if "scope" in request.target else status)
    all_registries = registries(transport, {peer.registry.host: CI})
    for number in range(5):
        with pytest.raises(Refused):
            all_registries.digest(peer.registry.image(f"r{number}:1"))

    assert len(peer.tokens.requests) == 2


def test_a_rotated_password_is_read_after_a_401(
    transport: Transport, peer: TokenRegistry, clock: Clock, tmp_path: Path
) -> None:
    """The request that was refused succeeds with it; the wait for a wrong password is over too."""
    file = tmp_path / "config.json"

    def write(password: str) -> None:
        login = {"username": CI.username, "password": password}
        file.write_text(json.dumps({"auths": {peer.registry.host: login}}), encoding="utf-8")

    write("one")
    credentials = RegistryCredentials.load(file, {}, (), clock.now)
    all_registries = Registries(transport, credentials)
    plain = peer.tokens.script
    peer.tokens.script = refusing(peer, password="two-of-them")
    with pytest.raises(Refused):
        all_registries.digest(peer.registry.image("a:1"))
    (problem,) = credentials.problems()
    assert problem.where == peer.registry.host
    assert "answered 401 to this registry's credentials" in problem.message
    write("two-of-them")
    clock.sleep(5)
    assert all_registries.digest(peer.registry.image("a:1")) == DIGEST
    assert credentials.problems() == []
    peer.tokens.script = plain
    peer.expired.update(peer.scopes)
    peer.tokens.script = refusing(peer, password="the-third-one")
    write("the-third-one")

    assert all_registries.digest(peer.registry.image("a:1")) == DIGEST


def test_the_message_names_the_setting_for_a_token_server_elsewhere(transport: Transport, peer: TokenRegistry) -> None:
    """Where credentials exist and may not go; the entry in the auth file is not accused."""
    peer.realm_host = peer.tokens.host.replace("127.0.0.1", "localhost")
    peer.forbidden = {"private"}
    credentials = RegistryCredentials(DockerConfig(auths={peer.registry.host: CI}), {})
    all_registries = Registries(transport, credentials)
    assert all_registries.digest(peer.registry.image("public:1")) == DIGEST
    with pytest.raises(Refused) as caught:
        all_registries.digest(peer.registry.image("private:1"))

    setting = f"IMAGE_FACTORY_TRUSTED_REALMS={peer.registry.host}={peer.realm_host}"
    assert str(caught.value).endswith(
        f"it was asked without credentials because {peer.realm_host} is not known as the token server of "
        f"{peer.registry.host}; if it is, set {setting}"
    )
    assert "auth file" not in str(caught.value)
    (problem,) = credentials.problems()
    assert (problem.where, problem.remedy) == (peer.registry.host, f"If it is, set {setting}.")
    assert {request.authorization for request in peer.tokens.requests} == {""}


@pytest.mark.parametrize("status", [401, 403])
def test_the_token_server_elsewhere_may_refuse_by_itself(
    status: int, transport: Transport, peer: TokenRegistry
) -> None:
    """The same message."""
    peer.realm_host = peer.tokens.host.replace("127.0.0.1", "localhost")
    peer.tokens.script = in_turn(Answer(status))
    with pytest.raises(Refused, match=r"to a request without credentials; it was asked without.*TRUSTED_REALMS=") as it:
        registries(transport, {peer.registry.host: CI}).digest(peer.registry.image("private:1"))
    assert "auth file" not in str(it.value)


class PublicSource(CredentialSource):
    """Issues a token for a registry that has public repositories too."""

    def __init__(self, host: str) -> None:
        self.host = host

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return host == self.host

    def needed(self, host: str) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return False

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return IssuedCredentials(BasicCredentials(CI.username, Secret(CI.password)))


@pytest.mark.parametrize("status", [401, 403])
def test_issued_credentials_that_a_token_server_refuses_are_left_out(
    status: int, transport: Transport, peer: TokenRegistry
) -> None:
    """A public image is read although the token of this service is worth nothing there."""
    grant = peer.tokens.script
    peer.tokens.script = lambda request: Answer(status) if request.authorization else grant(request)
    credentials = RegistryCredentials(DockerConfig(), {}, [PublicSource(peer.registry.host)])

    assert Registries(transport, credentials).digest(peer.registry.image("a:1")) == DIGEST


@pytest.mark.parametrize("status", [401, 403])
def test_issued_credentials_that_a_registry_refuses_are_left_out(
    status: int, transport: Transport, peer: TokenRegistry
) -> None:
    """Its token server grants a token that is not enough; what needs none is asked without from then on."""
    grant, serve = peer.tokens.script, peer.registry.script
    useless = json_answer(200, {"token": "useless-to-anybody", "expires_in": 300})
    peer.tokens.script = lambda request: useless if request.authorization else grant(request)
    peer.registry.script = lambda request: (
        Answer(status) if request.authorization.endswith("useless-to-anybody") else serve(request)
    )
    credentials = RegistryCredentials(DockerConfig(), {}, [PublicSource(peer.registry.host)])
    all_registries = Registries(transport, credentials)
    for _ in range(3):
        assert all_registries.digest(peer.registry.image("a:1")) == DIGEST
    assert [bool(request.authorization) for request in peer.tokens.requests] == [True, False]
    peer.forbidden = {"private"}
    with pytest.raises(Refused):
        all_registries.digest(peer.registry.image("private:1"))


@pytest.mark.parametrize("anonymous", [401, 403])
@pytest.mark.parametrize("status", [401, 403])
def test_one_refused_list_leaves_the_credentials_in_use(
    status: int, anonymous: int, transport: Transport, peer: TokenRegistry
) -> None:
    """Where nothing is granted without credentials, they are used again, and the refusal is that of the list."""
    grant, serve = peer.tokens.script, peer.registry.script
    peer.tokens.script = lambda request: grant(request) if request.authorization else Answer(anonymous)
    peer.registry.script = lambda request: Answer(status) if request.path.endswith("/list") else serve(request)
    credentials = RegistryCredentials(DockerConfig(), {}, [PublicSource(peer.registry.host)])
    all_registries, image = Registries(transport, credentials), peer.registry.image("a:1")

    for _ in range(3):
        assert all_registries.digest(image) == DIGEST
        with pytest.raises(Refused, match=f"answered {status} to GET /v2/a/tags/list"):
            list(all_registries.tags(image))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_with_and_without_credentials_is_that_of_the_credentials(
    status: int, transport: Transport, peer: TokenRegistry
) -> None:
    """It is the one that helps."""
    peer.tokens.script = in_turn(Answer(status))
    credentials = RegistryCredentials(DockerConfig(), {}, [PublicSource(peer.registry.host)])
    with pytest.raises(Refused, match=f"answered {status} to this registry's credentials"):
        Registries(transport, credentials).digest(peer.registry.image("a:1"))


def test_configured_credentials_are_never_left_out(transport: Transport, peer: TokenRegistry) -> None:
    """Those of the auth file are meant to be used."""
    peer.tokens.script = in_turn(Answer(403))
    with pytest.raises(Refused, match="answered 403 to this registry's credentials"):
        registries(transport, {peer.registry.host: CI}).digest(peer.registry.image("a:1"))
    assert all(request.authorization for request in peer.tokens.requests)


@pytest.mark.parametrize(
    ("realm", "message"),
    [
        ("ftp://{host}/token", "sends clients to"),
        ("file:///etc/passwd", "sends clients to"),
        ("javascript:alert(1)", "sends clients to"),
        ("https://u:p@{host}/token", "sends clients to"),
        ("https://[/token", "invalid address"),
        ("http://", "sends clients to"),
        ("http://:99999/", "sends clients to"),
    ],
)
def test_an_odd_realm_is_a_refusal_of_that_registry(realm: str, message: str, transport: Transport) -> None:
    """Never another exception; no request is sent there."""
    with ScriptedHost() as host:
        header = f'Bearer realm="{realm.format(host=host.host)}",service="s"'
        host.script = in_turn(Answer(401, b"", (("WWW-Authenticate", header),)))
        with pytest.raises(AddressRefused, match=message):
            registries(transport, {host.host: CI}).digest(host.image("a:1"))
        assert {request.path for request in host.requests} == {"/v2/a/manifests/1"}
