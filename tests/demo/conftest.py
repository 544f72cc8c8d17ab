"""One demo that runs without a terminal and keeps running: its tests share it."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from tests.peers.fixtures import peers_installed
from tests.peers.registry import DockerRegistry

ROOT = Path(__file__).parents[2]
_PUBLISHING_SECONDS = 120
_LAST_LINE = "Stop the demo: "


@dataclass(slots=True)
class KeptDemo:
    """A running demo.

    Attributes:
        process: `KEEP=1 python -m demo`, without a terminal.
        output: what it printed until it waited.
        seconds: how long that took.
        http: asks as its admin.
    """

    process: "subprocess.Popen[str]"
    output: str
    seconds: float
    http: urllib3.PoolManager

    def address(self, kind: str) -> str:
        """An address that the demo prints, such as that of `images`."""
        (line,) = (line for line in self.output.splitlines() if line.startswith(f"  {kind} "))
        return line.split()[-1]

    @property
    def url(self) -> str:
        """The address of the service."""
        return self.address("images").removesuffix("/images")

    @property
    def admin(self) -> str:
        """The token with which people sign in."""
        found = re.search(r"/login with the token (\S+)", self.output)
        return found[1] if found else ""

    def publish(self) -> str:
        """Send SIGUSR1; returns what the demo prints then."""
        assert self.process.stdout
        self.process.send_signal(signal.SIGUSR1)
        answered, _, _ = select.select([self.process.stdout], [], [], _PUBLISHING_SECONDS)
        assert answered, f"no new base image within {_PUBLISHING_SECONDS} seconds"
        return self.process.stdout.readline()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptDemo]:
    """The demo after its story; it ends with SIGTERM."""
    folder = tmp_path_factory.mktemp("demo")
    with peers_installed(), DockerRegistry(folder):
        pass
    environment = os.environ | {"KEEP": "1", "TMPDIR": str(folder)}
    environment.pop("PYTHONUNBUFFERED", None)
    began = time.monotonic()
    with (folder / "errors").open("w") as errors, subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            lines = list(_instructed(process.stdout))
            assert process.poll() is None, "".join(lines) + (folder / "errors").read_text()
            headers = {"X-Image-Factory-Token": "the-admin-of-the-demo"}
            http = urllib3.PoolManager(retries=False, headers=headers)
            yield KeptDemo(process, "".join(lines), time.monotonic() - began, http)
        finally:
            process.terminate()
            process.communicate(timeout=60)
    assert (process.returncode, (folder / "errors").read_text()) == (0, "")
    assert list(folder.glob("image-factory-*")) == []


def _instructed(output: Iterable[str]) -> Iterator[str]:
    """The lines until the last one that says how to go on."""
    for line in output:
        yield line
        if line.startswith(_LAST_LINE):
            return
