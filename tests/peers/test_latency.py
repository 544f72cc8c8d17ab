"""The proxy that adds latency."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.peers.exchange import Answer, Request
from tests.peers.latency.delay import DelayProxy
from tests.peers.loopback import LoopbackServer
from tests.peers.process import LOOPBACK, reserved_port

ONE_WAY_MS = 20
ROUND_TRIP = 2 * ONE_WAY_MS / 1000


@pytest.fixture
def upstream() -> Iterator[LoopbackServer]:
    """Answers with the digest of the request."""

    def respond(request: Request) -> Answer:
        return Answer(200, hashlib.sha256(request.body).hexdigest().encode())

    with LoopbackServer(respond) as server:
        yield server


@pytest.fixture
def proxy(upstream: LoopbackServer) -> Iterator[DelayProxy]:
    """A proxy with 20 ms in each direction."""
    with DelayProxy(int(upstream.host.rpartition(":")[2]), ONE_WAY_MS) as running:
        yield running


def test_a_request_takes_a_round_trip_and_connecting_one_more(proxy: DelayProxy) -> None:
    """The first request also waits for the connection, the second one does not."""
    with requests.Session() as session:
        moments = [time.monotonic()]
        for _ in range(2):
            assert session.get(proxy.url, timeout=60).ok
            moments.append(time.monotonic())

    assert moments[1] - moments[0] >= 2 * ROUND_TRIP
    assert moments[2] - moments[1] >= ROUND_TRIP


def test_bytes_arrive_completely_and_in_order(proxy: DelayProxy) -> None:
    """A body of many chunks is the same at the other end."""
    body = os.urandom(3_000_000)

    assert requests.post(proxy.url, data=body, timeout=60).text == hashlib.sha256(body).hexdigest()


def test_connections_wait_in_parallel(upstream: LoopbackServer) -> None:
    """Sixty-four connections do not wait for each other."""
    one_way_ms = 250
    # One after the other they would take 64 s; the latency is long so that a busy machine's own time is little beside.
    one_after_the_other = 64 * 2 * (2 * one_way_ms / 1000)
    with DelayProxy(int(upstream.host.rpartition(":")[2]), one_way_ms) as proxy, ThreadPoolExecutor(64) as pool:
        started = time.monotonic()
        answers = list(pool.map(lambda _: requests.get(proxy.url, timeout=60).ok, range(64)))
        took = time.monotonic() - started

    assert answers == [True] * 64
    assert took < one_after_the_other / 2


def test_a_half_closed_connection_gets_its_answer() -> None:
    """A client that ends its output still gets the answer."""
    with (
        socket.create_server((LOOPBACK, 0)) as listener,
        DelayProxy(listener.getsockname()[1], 1) as proxy,
        socket.create_connection((LOOPBACK, proxy.port), timeout=60) as client,
    ):
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        accepted, _ = listener.accept()
        with accepted:
            accepted.settimeout(60)
            question = b"".join(iter(lambda: accepted.recv(100), b""))
            accepted.sendall(b"answer to " + question)
        assert b"".join(iter(lambda: client.recv(100), b"")) == b"answer to question"


def test_a_refused_upstream_breaks_the_connection() -> None:
    """If nothing listens behind the proxy, the client gets an error."""
    with reserved_port() as port, DelayProxy(port, 1) as proxy, pytest.raises(requests.ConnectionError):
        requests.get(proxy.url, timeout=60)


def test_a_stopped_proxy_refuses_connections(upstream: LoopbackServer) -> None:
    """The process ends with the context, also after an error."""
    with pytest.raises(KeyError), DelayProxy(int(upstream.host.rpartition(":")[2]), 1) as proxy:
        raise KeyError

    with pytest.raises(requests.ConnectionError):
        requests.get(proxy.url, timeout=60)
