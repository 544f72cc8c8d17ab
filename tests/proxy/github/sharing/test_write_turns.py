"""One write a second over processes."""

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from threading import Lock

import pytest

from proxy.errors import KeptBack
from proxy.github.credentials import FixedToken
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.process import wait_until
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport

_WRITER = """
import sys
from provider.composition.parts import Parts
from provider.settings import read_settings

settings = read_settings({
    "IMAGE_FACTORY_DATABASE_URL": sys.argv[1],
    "IMAGE_FACTORY_GITHUB_API_URL": sys.argv[2],
    "IMAGE_FACTORY_GITHUB_TOKEN": "a-token",
    "IMAGE_FACTORY_PRIVATE_HOSTS": "127.0.0.1",
    "IMAGE_FACTORY_INSECURE_HOSTS": "127.0.0.1",
})
with Parts.open(settings) as parts:
    for _ in range(2):
        parts.github.ask("POST", "/repos/acme/portal/dispatches", owner="acme", body=b"{}")
    # A process that ends gives its turn back at once.
    sys.stdin.read()
"""


def test_writes_of_several_processes_are_a_second_apart(tmp_path: Path) -> None:
    """Each process has the same settings, and begins to write at once."""
    at: list[float] = []
    lock = Lock()

    def answer(_: Request) -> Answer:
        with lock:
            at.append(time.monotonic())
        return json_answer(201, {})

    with ScriptedHost(answer) as host:
        command = [sys.executable, "-c", _WRITER, f"sqlite:///{tmp_path / 'factory.db'}", host.url]
        writers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(2)]
        wait_until(lambda: len(at) == 4, "both processes have written twice")
        for writer in writers:
            writer.communicate(timeout=60)
        assert [writer.returncode for writer in writers] == [0, 0]

    assert len(at) == 4
    # A request needs some time to arrive; without turns all come at once.
    assert all(after - before > 0.5 for before, after in pairwise(at))


def test_who_gets_no_turn_sends_nothing() -> None:
    """The request is certainly not carried out, and is tried again later."""
    with ScriptedHost() as host, open_transport(Clock()) as transport:
        session = GitHubSession(transport, host.url, FixedToken(Secret("a-token")), take_turn=lambda _: None)
        with pytest.raises(KeptBack, match="other processes write to GitHub"):
            session.ask("POST", "/repos/acme/portal/dispatches", owner="acme", body=b"{}")
        assert host.requests == []
