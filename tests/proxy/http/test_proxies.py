"""Requests through an egress proxy."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from proxy.errors import AddressRefused, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.egress import Egress, ProxyAddress
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates
from tests.peers.certificates import self_signed
from tests.peers.connect_proxy import ConnectProxy
from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer, Login
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

LOGIN = Login("ci", "not-to-be-seen")


def unresolved(name: str, _: int) -> Sequence[str]:
    """A resolver for names that must not be resolved here."""
    raise AssertionError(f"{name} was resolved")


def through(
    proxy: str, clock: Clock, *insecure: str, trusted: Path | None = None, no_proxy: tuple[str, ...] = ()
) -> Transport:
    """A transport that sends everything through a proxy; these hosts may be asked by plain http."""
    address = ProxyAddress.parse(proxy)
    policy = AddressPolicy(insecure_registries=insecure, resolver=unresolved, egress=Egress(address, address, no_proxy))
    certificates = TrustedCertificates(trusted) if trusted else None
    return Transport(policy, now=clock.now, sleep=clock.sleep, trusted=certificates, jitter=lambda: 0.5)


@pytest.fixture(name="proxy")
def made_proxy() -> Iterator[ConnectProxy]:
    """A proxy that needs no login."""
    with ConnectProxy() as proxy:
        yield proxy


def test_plain_requests_go_through_the_proxy(proxy: ConnectProxy, host: ScriptedHost, clock: Clock) -> None:
    """The name is not resolved here, and the host gets its own name."""
    port = host.host.partition(":")[2]
    transport = through(proxy.url, clock, "far.test")

    assert transport.request("GET", f"http://far.test:{port}/a?b=c", {"authorization": "Bearer x"}).status == 200
    transport.close()
    assert proxy.targets == [f"http://far.test:{port}/a?b=c"]
    assert host.requests[0].headers["Host"] == f"far.test:{port}"
    assert host.requests[0].authorization == "Bearer x"


def test_tls_goes_through_a_tunnel(proxy: ConnectProxy, clock: Clock, tmp_path: Path) -> None:
    """The proxy sees the name of the host, and neither the request nor its headers; tunnels are used again."""
    trusted, private = self_signed("far.test", ["far.test"]).write(tmp_path, "far")
    with ScriptedHost(certificate=private) as host:
        port = host.host.partition(":")[2]
        transport = through(proxy.url, clock, trusted=trusted)
        for _ in range(2):
            answer = transport.request("GET", f"https://far.test:{port}/a", {"authorization": "Bearer x"})
            assert (answer.status, answer.headers.get("via")) == (200, None)
        transport.close()
        assert host.requests[0].authorization == "Bearer x"
    (tunnel,) = proxy.requests
    assert tunnel.line == f"CONNECT far.test:{port} HTTP/1.1"
    assert tunnel.headers == {
        "host": f"far.test:{port}",
        "proxy-connection": "Keep-Alive",
        "user-agent": "image-factory",
    }


@pytest.mark.parametrize("secure", [False, True])
def test_the_login_is_for_the_proxy_alone(secure: bool, clock: Clock, tmp_path: Path) -> None:
    """The host does not get it."""
    trusted, private = self_signed("far.test", ["far.test"]).write(tmp_path, "far")
    with ConnectProxy(login=LOGIN) as proxy, ScriptedHost(certificate=private if secure else None) as host:
        port = host.host.partition(":")[2]
        known = proxy.url.replace("http://", f"http://{LOGIN.user}:{LOGIN.password}@")
        transport = through(known, clock, "far.test", trusted=trusted)
        scheme = "https" if secure else "http"

        assert transport.request("GET", f"{scheme}://far.test:{port}/a", {}).status == 200
        transport.close()
        assert "proxy-authorization" in proxy.requests[0].headers
        if secure:
            assert host.requests[0].headers["Proxy-Authorization"] is None


REFUSALS = {
    "407": (b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "answered 407 to CONNECT"),
    "403": (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "answered 403 to CONNECT"),
    "502": (b"HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nno!", "answered 502 to CONNECT"),
    "a redirect": (b"HTTP/1.1 302 No\r\nLocation: http://a/\r\nContent-Length: 0\r\n\r\n", "answered 302 to CONNECT"),
    "no answer": (b"", "the egress proxy gave no connection"),
    "no http": (b"SSH-2.0-OpenSSH\r\n\r\n", "the egress proxy gave no connection"),
    "6 MB of headers": (
        b"HTTP/1.1 200 OK\r\n" + b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 150_000,
        "KiB of headers",
    ),
}


@pytest.mark.parametrize(("refusal", "shown"), REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proxy_that_opens_no_tunnel_sends_nothing(
    refusal: bytes, shown: str, method: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what the proxy answered; the request certainly was not sent."""
    monkeypatch.setattr("proxy.http.curl.handle.CONNECT_SECONDS", 0.3)
    with ConnectProxy(refusal=refusal) as proxy:
        transport = through(proxy.url, clock)
        with pytest.raises(Exception, match=shown) as caught:
            transport.request(method, "https://far.test/a", {}, body=b"x" if method == "POST" else None)
        transport.close()
    assert "far.test" in str(caught.value)
    assert not isinstance(caught.value, Unavailable) or isinstance(caught.value, Unreachable)


def test_a_proxy_that_drips_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer has as much time as connecting."""
    monkeypatch.setattr("proxy.http.curl.handle.CONNECT_SECONDS", 0.3)
    with DrippingHost(lambda: [b"HTTP/1.1 200 OK\r\n"], lambda: None) as proxy:
        transport = through(f"http://{proxy.host}", clock)
        with pytest.raises(Unreachable, match=r"far\.test"):
            transport.request("GET", "https://far.test/a", {})
        transport.close()


def test_a_proxy_that_is_down_is_named_by_its_failure(clock: Clock) -> None:
    """A name that does not resolve, and a refused connection."""
    for proxy in ("http://no-such-proxy.invalid:3128", "http://127.0.0.1:1"):
        transport = through(proxy, clock)
        with pytest.raises(Unreachable, match=r"proxy no-such-proxy\.invalid does not resolve|egress proxy gave no"):
            transport.request("GET", "https://far.test/a", {})
        transport.close()


@pytest.mark.parametrize("host", ["10.0.0.7", "192.168.1.1:5000", "2130706433", "127.1", "0x7f.1", "[fd00::1]"])
def test_private_addresses_are_refused_through_a_proxy_too(host: str, proxy: ConnectProxy, clock: Clock) -> None:
    """A name cannot be checked here, a written address can."""
    transport = through(proxy.url, clock)
    with pytest.raises(AddressRefused, match="IMAGE_FACTORY_PRIVATE_HOSTS"):
        transport.request("GET", f"https://{host}/a", {})
    with pytest.raises(AddressRefused, match="IMAGE_FACTORY_PRIVATE_HOSTS"):
        transport.policy.check(host)
    transport.policy.check("far.test")
    with pytest.raises(AddressRefused, match="is not https"):
        transport.request("GET", "http://far.test/a", {})
    transport.close()
    assert proxy.requests == []


def test_redirects_are_judged_through_a_proxy(proxy: ConnectProxy, host: ScriptedHost, clock: Clock) -> None:
    """Each target is: to a private address, or by plain http."""
    port = host.host.partition(":")[2]
    transport = through(proxy.url, clock, f"far.test:{port}")
    for target in ("https://169.254.169.254/latest", "https://10.0.0.1/", "http://other.test/"):
        host.script = lambda _, target=target: Answer(307, b"", (("Location", target),))  # type: ignore[misc]  # the loop's value
        with pytest.raises((AddressRefused, AssertionError)):
            transport.request("GET", f"http://far.test:{port}/a", {}, other_hosts=True)
    transport.close()
    assert len(host.requests) == 3


def test_hosts_of_no_proxy_are_asked_directly(proxy: ConnectProxy, host: ScriptedHost, clock: Clock) -> None:
    """They are resolved and checked here."""
    port = host.host.partition(":")[2]
    address = ProxyAddress.parse(proxy.url)
    policy = AddressPolicy(
        insecure_registries=("near.test",),
        resolver=lambda *_: ["127.0.0.1"],
        egress=Egress(address, address, ("near.test",)),
    )
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)

    assert transport.request("GET", f"http://near.test:{port}/a", {}).status == 200
    with pytest.raises(Unreachable):
        transport.request("GET", "https://far.test:1/a", {})
    transport.close()
    assert proxy.targets == ["far.test:1"]


def test_the_environment_is_not_read(host: ScriptedHost, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by us nor by libcurl: only what the settings made of it counts."""
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    port = host.host.partition(":")[2]
    policy = AddressPolicy(insecure_registries=("near.test",), resolver=lambda *_: ["127.0.0.1"])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)

    assert transport.request("GET", f"http://near.test:{port}/a", {}).status == 200
    transport.close()


def test_no_proxy_of_the_environment_is_not_read_by_libcurl(
    proxy: ConnectProxy, host: ScriptedHost, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes through a proxy by our rules is not sent directly by libcurl's."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "far.test")
    port = host.host.partition(":")[2]
    transport = through(proxy.url, clock, "far.test")

    assert transport.request("GET", f"http://far.test:{port}/a", {}).status == 200
    transport.close()
    assert len(proxy.requests) == 1


def test_an_answer_of_a_plain_request_may_be_the_proxy_s(proxy: ConnectProxy, host: ScriptedHost, clock: Clock) -> None:
    """By plain http nobody can say whose it is; it is returned as it is."""
    host.script = lambda _: Answer(407)
    port = host.host.partition(":")[2]
    transport = through(proxy.url, clock, "far.test")

    assert transport.request("GET", f"http://far.test:{port}/a", {}).status == 407
    transport.close()
