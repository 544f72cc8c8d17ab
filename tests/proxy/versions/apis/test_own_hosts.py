"""Requests to other APIs at the own hosts of registries."""

from collections.abc import Iterator

import pytest

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.versions.apis.own_hosts import OwnHosts
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.scripted import ScriptedHost

PASSWORD = "a-password-of-some-length"
PATH = "/api/v1/x?page=1"


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A registry."""
    with ScriptedHost() as host:
        yield host


def hosts_of(transport: Transport, host: ScriptedHost, login: Login | None, *, mirrored: bool = False) -> OwnHosts:
    """The requests to this host, with a login."""
    credentials = RegistryCredentials(DockerConfig(auths={host.host: login} if login else {}), {})
    mirrors = {host.host: host.url} if mirrored else {}
    return OwnHosts(transport, credentials, Registries(transport, credentials, mirrors=mirrors))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer(401, {}), Refused),
        (json_answer(403, {}), Refused),
        (json_answer(404, {}), NotFound),
        (json_answer(429, {}), Unavailable),
        (json_answer(500, {}), Unavailable),
        (json_answer(204, {}), Garbage),
        (json_answer(418, {}), Garbage),
        (Answer(302, b"", (("Location", "http://localhost:9/"),)), Garbage),
        (json_answer(200, {"echo": PASSWORD}), Garbage),
        (json_answer(200, {}, ("X-Echo", PASSWORD)), Garbage),
    ],
)
def test_each_answer_is_one_kind_of_failure(
    transport: Transport, host: ScriptedHost, answer: Answer, error: type[OutsideFailure]
) -> None:
    """The message has no password."""
    host.script = lambda _: answer
    with pytest.raises(error) as raised:
        hosts_of(transport, host, Login("robot", PASSWORD)).ask(host.host, PATH, "team/app")
    assert PASSWORD not in str(raised.value)


def test_a_refused_login_is_followed_by_a_request_without_one(transport: Transport, host: ScriptedHost) -> None:
    """Public repositories need none."""
    host.script = lambda request: json_answer(401 if request.basic_login else 200, [])
    assert hosts_of(transport, host, Login("robot", PASSWORD)).ask(host.host, PATH, "team/app").body == b"[]"
    assert [bool(request.basic_login) for request in host.requests] == [True, False]


@pytest.mark.parametrize("login", [None, Login("", "", "identity-token-of-some-length")])
def test_without_a_password_nothing_is_sent_along(
    transport: Transport, host: ScriptedHost, login: Login | None
) -> None:
    """An identity token is exchanged at the registry's token server only."""
    host.script = lambda _: json_answer(200, [])
    hosts_of(transport, host, login).ask(host.host, PATH, "team/app")
    assert [request.authorization for request in host.requests] == [""]


def test_a_registry_with_a_mirror_is_not_asked(transport: Transport, host: ScriptedHost) -> None:
    """It cannot be reached there as a rule, and the mirror has other APIs."""
    hosts = hosts_of(transport, host, None, mirrored=True)
    for ask in (lambda: hosts.challenge(host.host), lambda: hosts.ask_anonymously(host.host, PATH)):
        with pytest.raises(Refused, match="has a mirror"):
            ask()
    assert not host.requests


def test_failures_of_an_api_do_not_pause_the_registry(transport: Transport, host: ScriptedHost) -> None:
    """Monitoring goes on."""
    host.script = lambda _: json_answer(500, {})
    credentials = RegistryCredentials(DockerConfig(), {})
    registries = Registries(transport, credentials)
    hosts = OwnHosts(transport, credentials, registries)
    for _ in range(20):
        with pytest.raises(Unavailable):
            hosts.ask_anonymously(host.host, PATH)
    assert registries.paused(transport.now()) == {}


def challenged(request: Request) -> Answer:
    """A registry with tokens, whose token server is itself."""
    if request.path == "/token":
        return json_answer(200, {"token": "t0ken-of-the-registry"})
    if request.authorization != "Bearer t0ken-of-the-registry":
        realm = f'Bearer realm="http://{request.headers["Host"]}/token",scope="repository:team/app:metadata_read"'
        return Answer(401, b"", (("WWW-Authenticate", realm),))
    return json_answer(200, {"tags": []})


def test_a_list_is_read_with_the_registry_s_tokens(transport: Transport, host: ScriptedHost) -> None:
    """The token is requested for the scope that the challenge names."""
    host.script = challenged
    answer = hosts_of(transport, host, Login("robot", PASSWORD)).ask_with_tokens(host.image("team/app"), PATH)

    assert answer.status == 200
    assert any("metadata_read" in asked for asked in host.asked)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_answer(403, {}), Refused),
        (json_answer(404, {}), NotFound),
        (json_answer(429, {}), Unavailable),
        (json_answer(503, {}), Unavailable),
        (json_answer(405, {}), Garbage),
    ],
)
def test_a_failure_of_such_a_list_pauses_nothing(
    transport: Transport, host: ScriptedHost, answer: Answer, error: type[OutsideFailure]
) -> None:
    """The registry's own requests follow at once."""
    host.script = lambda request: (
        answer if request.path == PATH.partition("?")[0] else json_answer(200, {"tags": ["1"]})
    )
    credentials = RegistryCredentials(DockerConfig(), {})
    registries = Registries(transport, credentials)
    for _ in range(5):
        with pytest.raises(error):
            OwnHosts(transport, credentials, registries).ask_with_tokens(host.image("team/app"), PATH)
    assert list(registries.tags(host.image("team/app"))) == ["1"]


def test_such_a_list_of_a_mirrored_registry_is_not_asked_for(transport: Transport, host: ScriptedHost) -> None:
    """The mirror has no such list."""
    with pytest.raises(Refused, match="has a mirror"):
        hosts_of(transport, host, None, mirrored=True).ask_with_tokens(host.image("team/app"), PATH)
    assert host.asked == []
