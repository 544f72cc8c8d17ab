"""HTTP/2, with nginx and with single frames."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proxy.errors import Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates
from tests.peers.certificates import self_signed
from tests.peers.exchange import Answer, Request
from tests.peers.fixtures import peers_installed
from tests.peers.http2_frames import END_HEADERS, GOAWAY, HEADERS, RST_STREAM, SETTINGS, FrameHost, answer, frame
from tests.peers.nginx import Nginx, nginx
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport

REFUSED_STREAM, INTERNAL_ERROR = 7, 2


@pytest.fixture(name="certificates")
def made_certificates(tmp_path: Path) -> tuple[Path, Path]:
    """A trusted certificate, and the file with its key."""
    return self_signed("here").write(tmp_path, "here")


@pytest.fixture(name="secure")
def made_secure(certificates: tuple[Path, Path], clock: Clock) -> Iterator[Transport]:
    """A transport that trusts the certificate."""
    with open_transport(clock, trusted=certificates[0]) as transport:
        yield transport


@pytest.fixture(name="front")
def made_front(certificates: tuple[Path, Path], host: ScriptedHost, tmp_path: Path) -> Iterator[Nginx]:
    """Nginx in front of the scripted host, with HTTP/2."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    with peers_installed(), nginx(folder, certificates[1], f"location / {{ proxy_pass {host.url}; }}") as running:
        yield running


def at_once(host: ScriptedHost, front: Nginx, transport: Transport, count: int) -> int:
    """Send a first request, and then so many that the host answers only when all have arrived; returns that number."""
    transport.request("GET", f"https://{front.host}/first", {})
    together = threading.Barrier(count)

    def held(_: Request) -> Answer:
        together.wait(30)
        return Answer(200)

    host.script = held
    with ThreadPoolExecutor(count) as callers:
        answers = callers.map(
            lambda number: transport.request("GET", f"https://{front.host}/{number}", {}), range(count)
        )
        return sum(answer.status == 200 for answer in answers)


def test_many_requests_share_one_connection(host: ScriptedHost, front: Nginx, secure: Transport) -> None:
    """All of them are at the host at the same time."""
    assert at_once(host, front, secure, 40) == 40
    assert {request.protocol for request in front.requests} == {"h2"}
    assert len(front.connections) == 1


def test_requests_that_begin_together_share_one_connection(front: Nginx, secure: Transport) -> None:
    """The first one shows whether the host speaks HTTP/2; the others wait for that."""
    with ThreadPoolExecutor(20) as callers:
        answers = callers.map(lambda number: secure.request("GET", f"https://{front.host}/{number}", {}), range(40))
        assert {answer.status for answer in answers} == {200}
    assert len(front.connections) == 1


def test_a_host_without_http2_gets_connections_that_are_used_again(
    host: ScriptedHost, certificates: tuple[Path, Path], secure: Transport, tmp_path: Path
) -> None:
    """Requests at the same time have one each."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    line = f"location / {{ proxy_pass {host.url}; }}"
    with peers_installed(), nginx(folder, certificates[1], line, listens="ssl") as front:
        assert at_once(host, front, secure, 8) == 8
        host.script = lambda _: Answer(200)
        for _ in range(8):
            secure.request("GET", f"https://{front.host}/", {})
        assert {request.protocol for request in front.requests} == {""}
        assert len(front.connections) == 8


def test_two_names_of_one_host_share_no_connection(front: Nginx, certificates: tuple[Path, Path], clock: Clock) -> None:
    """Each name is checked, also where one certificate and address is for both."""
    policy = AddressPolicy(private_hosts=(LOOPBACK, "localhost"), resolver=lambda *_: [LOOPBACK])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep, trusted=TrustedCertificates(certificates[0]))
    transport.request("GET", f"https://{front.host}/", {})
    # The certificate is for the address alone, so this name gets no answer, although a connection is open.
    with pytest.raises(Unreachable, match="certificate that is not trusted"):
        transport.request("GET", f"https://localhost:{front.port}/", {})
    transport.close()


def test_a_body_that_is_too_long_ends_its_stream_alone(host: ScriptedHost, front: Nginx, secure: Transport) -> None:
    """The connection, which others use, stays."""
    host.script = lambda request: Answer(200, b"x" * (500_000 if request.path == "/long" else 5))
    secure.request("GET", f"https://{front.host}/", {})
    with pytest.raises(Exception, match="answered more than 1000 bytes"):
        secure.request("GET", f"https://{front.host}/long", {}, limit=1000)
    secure.request("GET", f"https://{front.host}/", {})

    assert len(front.connections) == 1


def reset(error: int) -> Callable[[int], Iterable[bytes]]:
    """A host that resets each stream."""
    return lambda stream: [frame(RST_STREAM, 0, stream, error.to_bytes(4))]


STORMS: dict[str, Callable[[int], Iterable[bytes]]] = {
    "streams are refused": reset(REFUSED_STREAM),
    "streams are reset": reset(INTERNAL_ERROR),
    "it goes away at once": lambda _: [frame(GOAWAY, 0, 0, bytes(8))],
    "it goes away in the middle": lambda stream: [
        frame(HEADERS, END_HEADERS, stream, b"\x88"), frame(GOAWAY, 0, 0, bytes(8))
    ],
    "frames of no known kind": lambda stream: [frame(0xEE, 0, stream, b"x"), frame(RST_STREAM, 0, stream, bytes(4))],
    "settings without end": lambda _: [frame(SETTINGS, 0, 0)] * 2000 + [frame(GOAWAY, 0, 0, bytes(8))],
    "a head that cannot be decoded": lambda stream: [frame(HEADERS, END_HEADERS, stream, b"\xff" * 40)],
    "no frames at all": lambda _: [b"\xff" * 400],
}  # fmt: skip


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_storm_of_resets_is_bounded(
    storm: Callable[[int], Iterable[bytes]], method: str, certificates: tuple[Path, Path], secure: Transport
) -> None:
    """The request fails after a few repeats, or none for what changes something; other hosts are not affected."""
    with FrameHost(storm, certificates[1]) as wild, FrameHost(lambda n: [answer(n, b"calm")], certificates[1]) as calm:
        with pytest.raises(Unavailable):
            secure.request(method, f"{wild.url}/a", {}, body=b"x" if method == "POST" else None)
        assert secure.request("GET", f"{calm.url}/a", {}).body == b"calm"
        # libcurl repeats a refused stream at most five times for each of our three requests.
        assert wild.requests <= (18 if method == "GET" else 1)


def test_an_answer_of_single_frames_is_read(certificates: tuple[Path, Path], secure: Transport) -> None:
    """The peer is honest."""
    with FrameHost(lambda stream: [answer(stream, b"body")], certificates[1]) as host:
        for _ in range(3):
            assert secure.request("GET", f"{host.url}/a", {}).body == b"body"
        assert (host.requests, host.connections) == (3, 1)
