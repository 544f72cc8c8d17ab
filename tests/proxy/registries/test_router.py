"""All registries behind one port."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalog.reference import ImageReference
from proxy.errors import AddressRefused, InvalidSetting, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.registries.docker_hub import DockerHub
from proxy.registries.ghcr import GitHubContainerRegistry
from proxy.registries.oci import OciRegistry
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.peers.exchange import Answer, Request
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, open_transport, registries


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport that may reach loopback by plain http."""
    with open_transport(Clock()) as transport:
        yield transport


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("node:22", DockerHub),
        ("ghcr.io/acme/app", GitHubContainerRegistry),
        ("quay.io/acme/app", OciRegistry),
        ("localhost:5000/app", OciRegistry),
    ],
)
def test_each_host_has_its_class(transport: Transport, text: str, kind: type[OciRegistry]) -> None:
    """The first class in the table that serves the host is used."""
    assert type(registries(transport).of(ImageReference.parse(text))) is kind


def test_a_host_has_one_client(transport: Transport) -> None:
    """Concurrent threads get the same client, under each of the host's names."""
    all_registries = registries(transport)
    names = ("registry-1.docker.io", "index.docker.io:443", "registry.hub.docker.com", "Docker.IO.")
    references = [ImageReference.parse("node:22"), *(ImageReference(name, "a") for name in names)]
    with ThreadPoolExecutor(8) as pool:
        clients = {id(client) for client in pool.map(all_registries.of, references * 40)}

    assert len(clients) == 1


def test_a_mirror_gets_its_own_credentials(transport: Transport) -> None:
    """Docker Hub's credentials are not sent to a mirror."""

    def mirror(request: Request) -> Answer:
        return FOUND if request.authorization else Answer(401, b"", (("WWW-Authenticate", "Basic realm=x"),))

    with ScriptedHost(mirror) as host:
        logins = {"docker.io": Login("hub", "hub-word"), host.host: Login("mine", "my-word")}
        credentials = RegistryCredentials(DockerConfig(auths=logins), {})
        all_registries = Registries(transport, credentials, mirrors={"docker.io": f"{host.url}/hub"})

        assert all_registries.digest(ImageReference.parse("node:22")) == DIGEST
        assert host.asked[-1] == "HEAD /v2/hub/library/node/manifests/22"
        login = host.requests[-1].basic_login
        assert login is not None
        assert (login.user, login.password) == ("mine", "my-word")


@pytest.mark.parametrize("name", ["quay.io", "quay.io:443", "QUAY.io."])
def test_a_mirror_is_found_by_each_spelling_of_its_registry(transport: Transport, name: str) -> None:
    """The setting is read as references are."""
    with ScriptedHost(lambda _: FOUND) as host:
        mirrored = Registries(transport, RegistryCredentials(DockerConfig(), {}), mirrors={name: host.url})

        assert mirrored.digest(ImageReference.parse("quay.io:443/acme/app:1")) == DIGEST


@pytest.mark.parametrize(
    ("listed", "written", "asked"),
    [
        ("registry.test:443", "registry.test:443/a:1", "http://registry.test:443"),
        ("registry.test", "registry.test/a:1", "http://registry.test"),
        ("registry.test:80", "registry.test:80/a:1", "http://registry.test:80"),
        ("other.test:443", "registry.test:443/a:1", "https://registry.test"),
    ],
)
def test_the_port_of_https_is_asked_by_plain_http_where_it_is_listed(listed: str, written: str, asked: str) -> None:
    """References have no port 443; a host that is listed with it is asked there."""

    def refuse(_: str, __: int) -> list[str]:
        raise OSError("no such name")

    clock = Clock()
    policy = AddressPolicy(insecure_registries=(listed,), resolver=refuse)
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    with pytest.raises(Unavailable) as caught:
        registries(transport).digest(ImageReference.parse(written))
    transport.close()

    assert "does not resolve" in str(caught.value)
    client = registries(transport).of(ImageReference.parse(written))
    assert isinstance(client, OciRegistry)
    assert client._session.endpoint.url == asked


def test_a_wrong_mirror_is_an_error_at_the_start(transport: Transport) -> None:
    """The error is raised before the first request."""
    with pytest.raises(InvalidSetting, match=r"mirror of docker\.io"):
        Registries(transport, RegistryCredentials(DockerConfig(), {}), mirrors={"docker.io": "127.0.0.1:5000"})


def test_a_registry_in_our_own_network_is_refused_unless_listed() -> None:
    """A Dockerfile cannot make the service reach a host behind the firewall."""
    with ScriptedHost() as host, open_transport(Clock(), "listed.example.com") as transport:
        policy = transport.policy
        transport.policy = type(policy)(insecure_registries=("listed.example.com",))
        with pytest.raises(AddressRefused, match="IMAGE_FACTORY_PRIVATE_HOSTS"):
            registries(transport).digest(host.image("a:1"))
        assert [type(answer) for _, answer in registries(transport).check([(host.image("a:1"), None)])] == [
            AddressRefused
        ]
        assert host.requests == []


def test_an_empty_check_sends_no_request(transport: Transport) -> None:
    """An empty check needs no registry."""
    assert list(registries(transport).check([])) == []


def test_a_registry_that_requires_a_wait_is_paused_for_that_time() -> None:
    """Its host, the cause and the end; other registries, and a repository that fails alone, are not paused."""

    def busy(request: Request) -> Answer:
        wait = (("Retry-After", "120"),) if "whole" in request.target else ()
        return Answer(503, b"", wait)

    clock = Clock()
    with open_transport(clock) as transport, ScriptedHost(busy) as host, ScriptedHost(lambda _: FOUND) as other:
        both = registries(transport)
        both.digest(other.image("acme/app:1"))
        assert both.paused(clock.now()) == {}
        for name in ("acme/one", "acme/whole"):
            assert both.paused(clock.now()) == {}
            with pytest.raises(Unavailable):
                both.digest(host.image(f"{name}:1"))

        ((paused, pause),) = both.paused(clock.now()).items()
        assert (paused, pause.cause) == (host.host, "it required a wait")
        assert pause.until == clock.now() + timedelta(minutes=2)
        assert both.paused(pause.until) == {}
