"""Requests as proxies and odd clients send them, byte by byte, to a real server without configured callers."""

import re
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.peers.process import LOOPBACK, reserved_port, running, wait_until
from tests.provider.commands.test_beside_a_service import answers, environment

__all__ = ["environment"]

Web = tuple[int, Path]


@pytest.fixture
def web(tmp_path: Path, environment: dict[str, str]) -> Iterator[Web]:
    """The port of `serve --no-worker`, and its log."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        ready = partial(answers, f"http://{LOOPBACK}:{port}/healthz")
        with running(command, log=tmp_path / "log", ready=ready, environment=environment):
            yield port, tmp_path / "log"


def ask(port: int, request: str, body: str = "") -> str:
    """The whole answer; `{port}` in the request is replaced."""
    head = request.format(port=port).replace("\n", "\r\n")
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    with socket.create_connection((LOOPBACK, port), timeout=30) as connection:
        connection.sendall(f"{head}{length}Connection: close\r\n\r\n{body}".encode("latin-1"))
        received = b""
        while part := connection.recv(65536):
            received += part
    return received.decode()


def status(answer: str) -> int:
    """The status code of an answer."""
    return int(answer.split(" ", 2)[1])


def test_a_proxy_is_refused_until_the_token_of_the_log_is_shown(web: Web) -> None:
    """What nginx sends by default is refused; a person behind it signs in once, and sees the pages."""
    port, log = web
    host = "Host: 127.0.0.1:{port}\n"
    rows = {
        f"GET /images HTTP/1.1\n{host}": 200,
        f"GET /images HTTP/1.0\n{host}": 403,
        f"GET /api/v1/images HTTP/1.0\n{host}": 403,
        f"GET /healthz HTTP/1.0\n{host}": 200,
        f"GET /api/v1/images HTTP/1.1\n{host}X-Forwarded-For: 192.0.2.1\n": 403,
        f"GET /api/v1/images HTTP/1.1\n{host}Via: 1.1 proxy\n": 403,
        "GET /api/v1/images HTTP/1.1\nHost: factory.example.com\n": 403,
        "GET /healthz HTTP/1.1\n": 400,
        f"GET /healthz HTTP/1.1\n{host}Origin: http://[\n": 200,
        f"POST /logout HTTP/1.1\n{host}Origin: http://[\n": 403,
    }
    assert {request: status(ask(port, request)) for request in rows} == rows

    wait_until(lambda: "with the token" in log.read_text(), "the log should show the token")
    found = re.search(r"with the token ([0-9a-f]{32})", log.read_text())
    assert found
    form = ask(port, f"GET /login HTTP/1.0\n{host}")
    csrf, cookie = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form), re.search(r"(image_factory=[^;]+)", form)
    assert csrf
    assert cookie
    sent = f"POST /login HTTP/1.0\n{host}Origin: http://127.0.0.1:{port}\nCookie: {cookie[1]}\n"
    sent += "Content-Type: application/x-www-form-urlencoded\n"
    signed = ask(port, sent, f"token={found[1]}&csrf_token={csrf[1]}")
    session = re.search(r"(image_factory=[^;]+)", signed)

    assert status(signed) == 303
    assert session
    assert status(ask(port, f"GET /images HTTP/1.0\n{host}Cookie: {session[1]}\n")) == 200
    assert status(ask(port, sent, f"token={found[1]}&csrf_token={csrf[1]}")) == 422
