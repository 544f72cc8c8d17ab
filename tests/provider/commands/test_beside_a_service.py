"""Commands that run while the service uses the same data."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import urllib3

from tests.peers.process import reserved_port, running

ROOT = Path(__file__).parents[3]
COMMANDS = (["status"], ["status", "--format", "json"], ["catalog"])

Service = tuple[str, "subprocess.Popen[bytes]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings with the data in the folder of the test."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
    return ours | {
        "PYTHONPATH": str(ROOT),
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'image-factory.db'}",
        "IMAGE_FACTORY_INSECURE_REGISTRIES": "127.0.0.1:1",
        "IMAGE_FACTORY_CONFIG_CHECKOUT": str(tmp_path / "data" / "config"),
    }


@pytest.fixture
def service(tmp_path: Path, environment: dict[str, str]) -> Iterator[Service]:
    """`serve` with its worker; a test may kill it."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "provider", "serve", "--port", str(port)]

        url = f"http://127.0.0.1:{port}/api/v1/repositories"
        with running(command, log=tmp_path / "log", ready=partial(answers, url), environment=environment) as process:
            yield url, process


def answers(url: str) -> bool:
    """Whether the address answers."""
    try:
        return urllib3.request("GET", url, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def track(url: str, name: str) -> None:
    """Make the service write a record that is only in its database."""
    body = {"name": name, "url": f"127.0.0.1:1/acme/{name}", "type": "container", "unchecked": True}
    answer = urllib3.request("POST", url, json=body, retries=False)
    assert answer.status == 201, answer.data


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a command; returns its output."""
    ended = subprocess.run(
        [sys.executable, "-m", "provider", *command], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_is_written_after_a_command_survives_a_kill(
    command: list[str], service: Service, environment: dict[str, str], tmp_path: Path
) -> None:
    """A command that reads the database does not delete the write-ahead log of the service."""
    url, process = service
    track(url, "before")
    run(command, environment)
    track(url, "after")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.wait()
    for child in children:
        _wait_for_end(int(child))
    with reserved_port() as port:
        serve = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        url = f"http://127.0.0.1:{port}/api/v1/repositories"
        with running(serve, log=tmp_path / "log-2", ready=partial(answers, url), environment=environment):
            kept = json.loads(urllib3.request("GET", url).data)

    assert {repository["name"] for repository in kept["items"]} == {"before", "after"}


def _wait_for_end(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor):
        ended, _, _ = select.select([descriptor], [], [], 30)
    assert ended, f"process {pid} outlived its service"
