"""What holds for the source of every cloud."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from proxy.cloud.acr import AzureCredentials
from proxy.cloud.ecr import AmazonClients, AmazonCredentials
from proxy.cloud.gar import GoogleCredentials
from proxy.cloud.sending import LibrarySender
from proxy.deadline import Deadline, ends_by
from proxy.errors import AddressRefused, OutsideFailure, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.secrets.credential_sources import CredentialSource
from tests.peers.cloud.azure import CLIENT, TENANT
from tests.peers.cloud.google import Google
from tests.peers.cloud.names import set_identity
from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

HOSTS = {
    "aws": "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    "gcp": "europe-docker.pkg.dev",
    "azure": "acme.azurecr.io",
}
Source = Callable[[LibrarySender, Transport], CredentialSource]
SOURCES: Mapping[str, Source] = {
    "aws": lambda sender, _: AmazonCredentials(AmazonClients(sender, active=True)),
    "gcp": lambda sender, _: GoogleCredentials(sender, active=True),
    "azure": lambda sender, transport: AzureCredentials(sender, lambda: transport, os.environ, active=True),
}


def transport_to(*listed: str, whole_seconds: float = 20.0) -> Transport:
    """A transport that may reach these hosts, also by plain http."""
    clock = Clock()
    return Transport(AddressPolicy(listed, listed), now=clock.now, sleep=clock.sleep, whole_seconds=whole_seconds)


@pytest.fixture
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[ScriptedHost], None]:
    """Gives the process an identity of every cloud whose endpoint is a host."""

    def use(endpoint: ScriptedHost) -> None:
        (tmp_path / "token").write_text("a-token-of-the-workload")
        google = Google()
        google._port = int(endpoint.host.rpartition(":")[2])
        set_identity(
            monkeypatch,
            {
                "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
                "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/image-factory",
                "AWS_ENDPOINT_URL": endpoint.url,
                "GOOGLE_APPLICATION_CREDENTIALS": str(google.key_file(tmp_path)),
                "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token"),
                "AZURE_AUTHORITY_HOST": endpoint.url.replace("http://", "https://"),
                "AZURE_TENANT_ID": TENANT,
                "AZURE_CLIENT_ID": CLIENT,
            },
            dict(os.environ),
        )

    return use


@pytest.fixture
def silent() -> Iterator[ScriptedHost]:
    """A host that accepts requests and sends nothing until the test ends."""
    over = threading.Event()

    def wait(_: Request) -> None:
        over.wait()

    with ScriptedHost(wait) as host:
        yield host
        over.set()


@pytest.mark.parametrize("cloud", SOURCES)
def test_an_endpoint_that_sends_nothing_costs_a_limited_time(
    cloud: str, silent: ScriptedHost, identity: Callable[[ScriptedHost], None]
) -> None:
    """The library gives up when the time for one request is over; it does not send it again."""
    identity(silent)
    transport = transport_to(LOOPBACK, whole_seconds=0.2)
    source = SOURCES[cloud](LibrarySender(lambda: transport), transport)

    with pytest.raises(Unavailable, match=f"issued no credentials for {HOSTS[cloud]}"):
        source.issue(HOSTS[cloud], None)
    assert len(silent.requests) <= 1


@pytest.mark.parametrize("cloud", SOURCES)
def test_no_request_follows_when_the_time_for_all_is_over(
    cloud: str, silent: ScriptedHost, identity: Callable[[ScriptedHost], None]
) -> None:
    """Whoever waits for credentials has a deadline of its own."""
    identity(silent)
    transport = transport_to(LOOPBACK)
    source = SOURCES[cloud](LibrarySender(lambda: transport), transport)

    with ends_by(Deadline.after(-1)), pytest.raises(Unavailable, match="the time for all requests"):
        source.issue(HOSTS[cloud], None)
    assert silent.requests == []


@pytest.mark.parametrize("cloud", SOURCES)
def test_an_endpoint_in_our_own_network_is_refused_unless_it_is_listed(
    cloud: str, silent: ScriptedHost, identity: Callable[[ScriptedHost], None]
) -> None:
    """The address rules of the service hold for the libraries too."""
    identity(silent)
    transport = transport_to("elsewhere.example.com")
    source = SOURCES[cloud](LibrarySender(lambda: transport), transport)

    with pytest.raises(AddressRefused, match=f"issued no credentials for {HOSTS[cloud]}: .*list"):
        source.issue(HOSTS[cloud], None)
    assert silent.requests == []


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("body", [b"", b"<html>sign in</html>", b"{}", b"[]", b'{"access_token": 7}'])
def test_an_answer_that_is_no_token_is_a_failure_of_the_outside(
    cloud: str, body: bytes, identity: Callable[[ScriptedHost], None]
) -> None:
    """Whatever the library raises for it."""
    with ScriptedHost() as endpoint:
        identity(endpoint)
        endpoint.script = lambda _: Answer(200, body, (("Content-Type", "application/json"),))
        transport = transport_to(LOOPBACK)
        source = SOURCES[cloud](LibrarySender(lambda: transport), transport)
        with pytest.raises(OutsideFailure, match=HOSTS[cloud]):
            source.issue(HOSTS[cloud], None)


@pytest.mark.parametrize("cloud", SOURCES)
def test_only_the_hosts_of_the_cloud_are_served(cloud: str) -> None:
    """Another cloud's host, and one that only looks like it, are not."""
    transport = transport_to(LOOPBACK)
    source = SOURCES[cloud](LibrarySender(lambda: transport), transport)
    assert {name for name, host in HOSTS.items() if source.serves(host)} == {cloud}
    assert source.serves(f"{HOSTS[cloud]}:8443")
    for other in (
        f"{HOSTS[cloud]}.evil.example",
        f"evil-{HOSTS[cloud]}/x",
        f"x@{HOSTS[cloud]}",
        "docker.io",
        "localhost",
    ):
        assert not source.serves(other)
