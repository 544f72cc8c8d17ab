"""Tests of /proxy/github in granian, the server of the service, with requests written byte by byte."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.github.server import GitHub
from tests.peers.process import LOOPBACK, port_answers, reserved_port, running
from tests.provider.api.github_worlds import READER, REBUILDER, REPOSITORY, World, world

FACE = f"/proxy/github/repos/{REPOSITORY}"
RUNS = f"{FACE}/actions/runs"
ROOT = Path(__file__).parents[3]
INSIDE = f"GET {RUNS} HTTP/1.1\r\nHost: localhost\r\n\r\n"
CALLER = f"Host: localhost\r\nAuthorization: Bearer {REBUILDER}\r\n"


@pytest.fixture(name="found")
def made_world(github: GitHub) -> Iterator[World]:
    """The GitHub peer with its repositories; these tests do not use its web part."""
    with world(github) as found:
        yield found


@pytest.fixture(name="port")
def served(found: World, tmp_path: Path) -> Iterator[int]:
    """The port on which granian serves the web part."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", LOOPBACK]
        command += ["--port", str(port), "--no-log", "tests.provider.api.granian_face:web"]
        environment = {**os.environ, "GITHUB_URL": found.github.url, "PYTHONPATH": str(ROOT)}
        with running(command, log=tmp_path / "granian.log", ready=lambda: port_answers(port), environment=environment):
            yield port


def statuses(port: int, sent: str) -> list[int]:
    """The status of every response on one connection; a last request without credentials closes it."""
    last = "GET /proxy/github/user HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection((LOOPBACK, port), timeout=20) as connection:
        connection.sendall(f"{sent}{last}".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", received)]


def test_ambiguous_requests_are_refused(found: World, port: int) -> None:
    """Requests that two servers may read differently are 4xx, and GitHub is not called."""
    paths = (
        f"{FACE}/../secret",
        f"{FACE}/%2e%2e/secret",
        f"{FACE}/..%2fsecret",
        f"{FACE}/%252e%252e/secret",
        f"{FACE}/branches/feature%252fx",
        f"{FACE}/branches/feature%2fx",
        f"{FACE}//actions/runs",
        f"{FACE}/actions/runs%00",
        f"{FACE}/actions/runs%0d%0aX-A:b",
        "/proxy/github/user",
    )
    for path in paths:
        answers = statuses(port, f"GET {path} HTTP/1.1\r\n{CALLER}\r\n")
        assert answers, path
        assert all(400 <= status < 500 for status in answers), path
    bodies = (
        f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{INSIDE}",
        f"Content-Length: {len(INSIDE)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{INSIDE}",
        f"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{INSIDE}",
        f"Content-Length: 0\r\nContent-Length: {len(INSIDE)}\r\n\r\n{INSIDE}",
        f"Content-Length : {len(INSIDE)}\r\n\r\n{INSIDE}",
        f"X-A: b\r\n\tTransfer-Encoding: chunked\r\n\r\n{INSIDE}",
    )
    for body in bodies:
        answers = statuses(port, f"POST {RUNS} HTTP/1.1\r\n{CALLER}{body}")
        assert answers, body
        assert all(400 <= status < 500 for status in answers), body
    assert found.requests() == []


def test_an_allowed_request_is_forwarded(found: World, port: int) -> None:
    """The same server forwards an allowed request, so the refusals above have the right cause."""
    caller = f"Host: localhost\r\nX-Image-Factory-Token: {READER}\r\n\r\n"

    assert statuses(port, f"GET {RUNS} HTTP/1.1\r\n{caller}") == [200, 401]
    assert found.requests() == [f"GET /repos/{REPOSITORY}/actions/runs"]
