"""A request ends as a whole by its deadline, however slowly its parts proceed: hostile hosts on real sockets."""

import itertools
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from proxy.errors import Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import WHOLE_SECONDS, Transport
from tests.peers.certificates import self_signed
from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport

STEP = 7.0
"""Seconds that pass before each piece: three pieces are too many for one request."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
"""More than arrives at once: a body that has arrived in full is no drip."""

DRIPS: dict[str, Callable[[], Iterable[bytes]]] = {
    "a status line": lambda: itertools.chain((b"HTTP/1.1 200 ",), itertools.repeat(b"O")),
    "a header": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\nX-A: ",), itertools.repeat(b"a")),
    "many headers": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\n",), itertools.repeat(b"X-A: a\r\n")),
    "a body": lambda: itertools.chain((HEAD,), itertools.repeat(b"b")),
    "chunks": lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",), itertools.repeat(b"1\r\nc\r\n")
    ),
    "a chunk's size": lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",), itertools.repeat(b"0")
    ),
    "a body without a length": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\n\r\n",), itertools.repeat(b"b")),
    "answers before the answer": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def moving(clock: Clock) -> Callable[[], None]:
    """Moves the clock before each piece."""
    return lambda: clock.sleep(STEP)


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize("secure", [False, True])
def test_a_host_that_drips_is_given_up_at_the_deadline(
    drip: Callable[[], Iterable[bytes]], secure: bool, clock: Clock, tmp_path: Path
) -> None:
    """Each byte comes in time, and the answer as a whole does not: by http and by https."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    with (
        DrippingHost(drip, moving(clock), certificate=private if secure else None) as host,
        open_transport(clock, trusted=trusted, monotonic=clock.monotonic) as transport,
        pytest.raises(Unavailable, match=f"{host.host} did not answer completely within 20 s"),
    ):
        transport.request("GET", f"{host.url}/a", {})
    assert host.connections == 1


def test_a_connection_that_was_given_up_is_not_used_again(clock: Clock) -> None:
    """The rest of an answer is never taken for the next one."""
    answers = iter([[HEAD, b"b", b"b"], [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"]])
    with (
        DrippingHost(lambda: next(answers), moving(clock)) as host,
        open_transport(clock, monotonic=clock.monotonic) as transport,
    ):
        with pytest.raises(Unavailable):
            transport.request("GET", f"{host.url}/a", {})
        assert transport.request("GET", f"{host.url}/a", {}).body == b"well"
        assert host.connections == 2


@pytest.mark.parametrize("pieces", [b"", b"\x16\x03\x03\x40\x00"], ids=["silent", "begun"])
def test_a_tls_handshake_that_does_not_end_is_given_up(
    pieces: bytes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handshake has as much time as connecting, as a whole."""
    monkeypatch.setattr("proxy.http.curl.handle.CONNECT_SECONDS", 0.1)
    with (
        DrippingHost(lambda: (each.to_bytes() for each in pieces), lambda: None, shakes_hands=False) as host,
        open_transport(clock) as transport,
        pytest.raises(Unavailable, match=host.host),
    ):
        transport.request("GET", f"{host.url}/a", {})


def test_a_host_that_accepts_no_connection_is_given_up(clock: Clock) -> None:
    """Not every address of a host gets the full time for connecting: after the deadline none is tried."""
    tried = []

    def addresses(name: str, port: int) -> list[str]:
        clock.sleep(WHOLE_SECONDS)
        tried.append((name, port))
        return [LOOPBACK, "127.0.0.9"]

    policy = AddressPolicy(insecure_registries=["slow.test"], resolver=addresses)
    transport = Transport(policy, now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic)
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unreachable, match="did not answer completely within 20 s"):
            transport.request("GET", f"http://slow.test:{port}/a", {})
    assert tried == [("slow.test", port)]


def test_redirects_count_together(clock: Clock) -> None:
    """A chain of redirects, each in good time, is one request."""

    def slowly(request: Request) -> Answer:
        clock.sleep(STEP)
        return Answer(307, b"", (("Location", f"{request.target}a"),))

    with ScriptedHost(slowly) as host, open_transport(clock, monotonic=clock.monotonic) as transport:
        with pytest.raises(Unavailable, match="did not answer completely"):
            transport.request("GET", f"{host.url}/", {})
        assert len(host.requests) == 3


@pytest.mark.parametrize("answer", [Answer(503), None], ids=["503", "broken"])
def test_repeats_count_together(clock: Clock, answer: Answer | None) -> None:
    """A request is not repeated when the time for the wait before it is over."""

    def slowly(_: Request) -> Answer | None:
        if len(host.requests) == 1:
            clock.sleep(WHOLE_SECONDS - 0.25)
        return answer

    with ScriptedHost(slowly) as host, open_transport(clock, monotonic=clock.monotonic) as transport:
        if answer:
            assert transport.request("GET", f"{host.url}/a", {}).status == 503
        else:
            with pytest.raises(Unavailable):
                transport.request("GET", f"{host.url}/a", {})
        assert len(host.requests) == 2


def test_a_large_answer_in_good_time_is_read_whole(clock: Clock) -> None:
    """The limit is the time, not the number of pieces."""
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", *[b"x" * 1000] * 100]
    with (
        DrippingHost(lambda: pieces, lambda: clock.sleep(WHOLE_SECONDS / 200)) as host,
        open_transport(clock, monotonic=clock.monotonic) as transport,
    ):
        assert transport.request("GET", f"{host.url}/a", {}).body == b"x" * 100_000


def test_a_host_that_does_not_read_is_given_up(clock: Clock) -> None:
    """A request that the host does not take ends too; it may have been carried out."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        host = f"{LOOPBACK}:{listener.getsockname()[1]}"
        policy = AddressPolicy(insecure_registries=(LOOPBACK,))
        transport = Transport(policy, now=clock.now, sleep=clock.sleep, whole_seconds=0.2)
        with pytest.raises(Unavailable, match=r"did not answer completely within 0\.2 s") as caught:
            transport.request("POST", f"http://{host}/a", {}, body=b"x" * 50_000_000)
        transport.close()
    assert not isinstance(caught.value, Unreachable)
