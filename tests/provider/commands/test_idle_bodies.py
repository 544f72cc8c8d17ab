"""Clients that send no body, against a real server process."""

import resource
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest
import urllib3

from tests.peers.proc import children, threads
from tests.peers.process import LOOPBACK, reserved_port, running, wait_until
from tests.provider.commands.test_beside_a_service import answers, environment

__all__ = ["environment"]

CONNECTIONS = 200
HEADS = {
    "form": "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 16000\r\n",
    "json": "POST /api/v1/repositories HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 16000\r\n",
    "file": "POST /repositories/transfer HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    "Content-Length: 16000\r\n",
    "chunks": "PUT /api/v1/repositories/1 HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
}


@pytest.fixture
def web(tmp_path: Path, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The port of `serve --no-worker`, and the id of the process of its web server."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        ready = partial(answers, f"http://{LOOPBACK}:{port}/healthz")
        with running(command, log=tmp_path / "log", ready=ready, environment=environment) as process:
            yield port, max(children(process.pid), key=threads)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_more_connections_than_threads_may_stay_silent(web: tuple[int, int]) -> None:
    """1,100 connections without a byte, which granian by default takes no others beside, do not stop the service."""
    port, _ = web
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as open_ones:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        open_ones.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1_100):
            open_ones.enter_context(socket.create_connection((LOOPBACK, port)))
        health = urllib3.request("GET", f"http://{LOOPBACK}:{port}/healthz", retries=False, timeout=20)

    assert health.status == 200


def _status(connection: socket.socket) -> str:
    """The status of the answer, read until the server ends the connection."""
    connection.settimeout(30)
    received = b""
    while part := connection.recv(65536):
        received += part
    return received[9:12].decode()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_connections_without_a_body_do_not_take_the_threads(web: tuple[int, int]) -> None:
    """With 200 of a kind open /healthz answers; each gets 408 or 503 and is closed, and no thread is left."""
    port, pid = web
    for kind, head in HEADS.items():
        statuses = _hold_open(port, head)
        assert statuses.keys() <= {"408", "503"}, kind
        assert statuses["408"] >= 1, kind
    wait_until(lambda: threads(pid) < 30, "the threads that read should end")


def _hold_open(port: int, head: str) -> Counter[str]:
    """The statuses of 200 requests without their bodies, during which /healthz has to answer."""
    sent = f"{head}Host: {LOOPBACK}:{port}\r\nOrigin: http://{LOOPBACK}:{port}\r\n\r\n".encode()
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(socket.create_connection((LOOPBACK, port))) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.sendall(sent)
        health = urllib3.request("GET", f"http://{LOOPBACK}:{port}/healthz", retries=False, timeout=20)
        assert health.status == 200
        return Counter(map(_status, connections))


MIB = 1024 * 1024
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
WHOLE = b'{"url": "https://github.com/acme/tool", "unchecked": true}'


def _chunked(port: int, path: str, kind: str, body: bytes) -> str:
    """The status of the answer to a body that is sent in chunks."""
    here = f"{LOOPBACK}:{port}"
    head = f"POST {path} HTTP/1.1\r\nHost: {here}\r\nOrigin: http://{here}\r\nContent-Type: {kind}\r\n"
    with socket.create_connection((LOOPBACK, port)) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode())
        # The server may answer before it has read everything.
        with suppress(OSError):
            connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        return _status(connection)


@pytest.mark.skipif(sys.platform != "linux", reason="the server is found in /proc")
def test_a_body_in_chunks_is_read_whole_or_refused(web: tuple[int, int]) -> None:
    """Of every kind; JSON of exactly the limit is read, and of one byte more it is not."""
    port, _ = web

    assert _chunked(port, "/api/v1/repositories", JSON, WHOLE.ljust(2 * MIB)) == "201"
    assert _chunked(port, "/api/v1/repositories", JSON, WHOLE.replace(b"tool", b"more").ljust(2 * MIB + 1)) == "413"
    assert _chunked(port, "/api/v1/checks", JSON, b"{}".ljust(MIB + 1)) == "413"
    assert _chunked(port, "/login", FORM, b"token=x&more=".ljust(16 * 1024 + 1)) == "413"
    assert _chunked(port, "/repositories/new", FORM, b"url=x&notes=".ljust(4 * MIB + 1)) == "413"
