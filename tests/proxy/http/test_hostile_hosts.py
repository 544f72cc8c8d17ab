"""Hosts that do harm: each request is bounded in time and memory, and requests to other hosts go on."""

import contextlib
import gzip
import itertools
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from proxy.errors import AddressRefused, Garbage, OutsideFailure, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.hosts import HostState
from proxy.http.resolving import SystemResolver
from proxy.http.transport import Transport
from tests.peers.certificates import self_signed
from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport

MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\n"
GZIPPED = HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def little_memory(most: int = 8 * MEGABYTE) -> Iterator[None]:
    """What Python allocates in the block at a time stays below so many bytes."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most


def bomb(levels: int = 1) -> list[bytes]:
    """The pieces of a small body that is 300 MB when it is decompressed."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(MEGABYTE)
    packed = b"".join([*(packer.compress(zeros) for _ in range(300)), packer.flush()])
    for _ in range(levels - 1):
        packed = gzip.compress(packed)
    return [packed]


SWELLING: dict[str, Callable[[], Iterable[bytes]]] = {
    "6 MB of headers": lambda: itertools.chain((HEAD,), (f"X-{n}: {'x' * 60}\r\n".encode() for n in range(90_000))),
    "one header of 6 MB": lambda: itertools.chain((HEAD, b"X-A: "), itertools.repeat(b"x" * 6000, 1000)),
    "folded headers": lambda: itertools.chain((HEAD, b"X: a\r\n"), itertools.repeat(b" %s\r\n" % (b"x" * 500), 12_000)),
    "answers before the answer": lambda: itertools.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 150_000),
    "6 MB of trailers": lambda: itertools.chain(
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",), (f"X-{n}: {'x' * 60}\r\n".encode() for n in range(90_000))
    ),
    "a body that never ends": lambda: itertools.chain((HEAD + b"\r\n",), itertools.repeat(b"x" * 8192)),
    "chunks that never end": lambda: itertools.chain(
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n",), itertools.repeat(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    ),
    "a body of 9 exabytes": lambda: itertools.chain(
        (HEAD + b"Content-Length: 9000000000000000000\r\n\r\n",), itertools.repeat(b"x" * 8192)
    ),
    "a gzip bomb": lambda: [GZIPPED, *bomb()],
    "a gzip bomb in gzip": lambda: [GZIPPED.replace(b"gzip", b"gzip, gzip"), *bomb(2)],
    "a gzip bomb in chunks": lambda: [
        GZIPPED.replace(b"Connection: close", b"Transfer-Encoding: chunked"),
        *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in bomb()),
    ],
    "no gzip": lambda: [GZIPPED, b"this is no gzip"],
    "a compression that nobody knows": lambda: [HEAD + b"Content-Encoding: x\r\nContent-Length: 1\r\n\r\n", b"x"],
    "twenty compressions": lambda: [GZIPPED.replace(b"gzip", b", ".join([b"gzip"] * 20)), *bomb()],
}  # fmt: skip


@pytest.mark.parametrize("pieces", SWELLING.values(), ids=SWELLING)
def test_an_answer_that_swells_is_garbage(
    pieces: Callable[[], Iterable[bytes]], clock: Clock, host: ScriptedHost
) -> None:
    """It is given up at the limit, in little memory and time; it is not asked for again."""
    started = time.monotonic()
    with DrippingHost(pieces, lambda: None) as wild, open_transport(clock) as transport:
        with little_memory(), pytest.raises(Garbage) as caught:
            transport.request("GET", f"{wild.url}/a", {})
        assert transport.request("GET", f"{host.url}/b", {}).status == 200
        assert wild.connections == 1
        assert wild.host in str(caught.value)
    assert time.monotonic() - started < 15


def test_compressed_answers_within_the_limit_are_read(transport: Transport, host: ScriptedHost) -> None:
    """Some hosts compress although they were not asked to."""
    host.script = lambda _: Answer(200, gzip.compress(b"x" * 500_000), (("Content-Encoding", "gzip"),))

    assert transport.request("GET", f"{host.url}/a", {}).body == b"x" * 500_000
    assert host.requests[0].headers["Accept-Encoding"] == "identity"
    with pytest.raises(Garbage, match="answered more than 499999 bytes"):
        transport.request("GET", f"{host.url}/a", {}, limit=499_999)


@pytest.mark.parametrize("location", ["/a", "/a?again", "{url}/a", "//{host}/a", "./a"])
def test_redirects_in_a_circle_end(location: str, transport: Transport, host: ScriptedHost) -> None:
    """The fourth one is not followed."""
    to = location.format(url=host.url, host=host.host)
    host.script = lambda _: Answer(302, b"", (("Location", to),))
    with pytest.raises(Garbage, match="redirected more than 3 times"):
        transport.request("GET", f"{host.url}/a", {})
    assert len(host.requests) == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_accepts_and_says_nothing_is_given_up(
    method: str, clock: Clock, host: ScriptedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the meantime other hosts are asked; the request may have been carried out."""
    monkeypatch.setattr("proxy.http.curl.loop.READ_SECONDS", 0.3)
    with socket.create_server((LOOPBACK, 0)) as silent, open_transport(clock) as transport:
        address = f"http://{LOOPBACK}:{silent.getsockname()[1]}/a"
        failures: list[OutsideFailure] = []

        def ask() -> None:
            with pytest.raises(Unavailable, match="sent nothing for") as caught:
                transport.request(method, address, {}, body=b"x" if method == "POST" else None)
            failures.append(caught.value)

        asking = [threading.Thread(target=ask) for _ in range(8)]
        for each in asking:
            each.start()
        for _ in range(20):
            assert transport.request("GET", f"{host.url}/b", {}).status == 200
        for each in asking:
            each.join(30)
    assert len(failures) == 8
    assert not any(isinstance(each, Unreachable) for each in failures)


@pytest.mark.parametrize("pieces", [b"", b"\x16\x03\x03\x40\x00", b"\x15\x03\x03\x00\x02\x02\x28", b"HTTP/1.1 400 No"])
def test_a_tls_handshake_that_stalls_or_breaks_sends_nothing(
    pieces: bytes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request certainly was not sent."""
    monkeypatch.setattr("proxy.http.curl.handle.CONNECT_SECONDS", 0.3)
    with (
        DrippingHost(lambda: [pieces] if pieces else [], lambda: None, shakes_hands=False) as host,
        open_transport(clock) as transport,
        pytest.raises(Unreachable, match=host.host),
    ):
        transport.request("POST", f"{host.url}/a", {}, body=b"x")


def test_a_post_on_a_connection_that_breaks_is_sent_once(transport: Transport) -> None:
    """By itself libcurl repeats it, if the connection was used before and brought no byte of an answer."""
    script = [Answer(200), None, Answer(200)]
    with ScriptedHost(lambda _: script.pop(0)) as host:
        transport.request("POST", f"{host.url}/first", {}, body=b"x")
        with pytest.raises(Unavailable, match="broke the connection") as caught:
            transport.request("POST", f"{host.url}/second", {}, body=b"x")
        assert host.asked == ["POST /first", "POST /second"]
    assert not isinstance(caught.value, Unreachable)


@pytest.mark.parametrize("body", [b"", None, b"x" * 2_000_000])
def test_no_kind_of_post_is_repeated(body: bytes | None, transport: Transport) -> None:
    """Without a body, or with one that curl would ask permission for, neither."""
    script = [Answer(200), None, Answer(200)]
    with ScriptedHost(lambda _: script.pop(0)) as host:
        transport.request("POST", f"{host.url}/first", {}, body=body)
        with pytest.raises(Unavailable, match="broke the connection"):
            transport.request("POST", f"{host.url}/second", {}, body=body)
        assert len(host.requests) == 2
        assert host.requests[0].headers["Expect"] is None
        assert len(host.requests[0].body) == len(body or b"")


def test_name_servers_that_hang_hold_up_no_other_host(clock: Clock, host: ScriptedHost) -> None:
    """Names are resolved before, on threads of their own."""
    released = threading.Event()

    def look_up(name: str, _: int) -> list[str]:
        assert name == "near.test" or released.wait(60)
        return [LOOPBACK]

    resolver = SystemResolver(look_up, seconds=0.3)
    policy = AddressPolicy(insecure_registries=("near.test", "hangs.test"), resolver=resolver)
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    failed = threading.Event()

    def ask() -> None:
        with pytest.raises(Unreachable, match=r"hangs\.test does not resolve"):
            transport.request("GET", "http://hangs.test/a", {})
        failed.set()

    threading.Thread(target=ask).start()
    port = host.host.partition(":")[2]
    for _ in range(20):
        assert transport.request("GET", f"http://near.test:{port}/b", {}).status == 200
    assert failed.wait(30)
    released.set()
    transport.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@metadata.test/",
        "http://metadata.test#@127.0.0.1/",
        "http://127.0.0.1 @metadata.test/",
        "http://127.0.0.1:80@metadata.test/",
        "http://127.0.0.1%2f@metadata.test/",
        "http:///metadata.test/",
        "http:metadata.test",
        "http://127.0.0.1\t.metadata.test/",
        "gopher://127.0.0.1/_x",
        "HTTP+UNIX://%2fvar%2frun%2fdocker.sock/",
    ],
)
def test_no_spelling_of_an_address_leads_elsewhere(url: str, clock: Clock) -> None:
    """What libcurl gets is made from the host that was checked, not from the text."""
    asked: list[str] = []

    def resolver(name: str, _: int) -> list[str]:
        asked.append(name)
        return ["169.254.169.254"]

    policy = AddressPolicy(insecure_registries=(LOOPBACK,), resolver=resolver)
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    with pytest.raises(AddressRefused):
        transport.request("GET", url, {})
    transport.close()
    assert asked == []


@pytest.mark.parametrize("secure", [False, True])
def test_only_checked_addresses_are_connected_to(
    secure: bool, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if libcurl had another address for the name: its socket is not opened."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    # So libcurl finds no address among those that it was given, and takes that in the name.
    monkeypatch.setattr(HostState, "connect_to", "other.test:443")
    monkeypatch.setattr(HostState, "addresses", lambda _: ("192.0.2.1",))
    with ScriptedHost(certificate=private if secure else None) as host, open_transport(clock, trusted=trusted) as other:
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is not an address that was checked"):
            other.request("GET", f"{host.url}/a", {})
        assert host.connections == 0
