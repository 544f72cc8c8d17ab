"""Commands that run while the service uses the same data: none of them disturbs it.

For each command: what it may change, and that everything that the service wrote before and after it is there when the
service is killed and everything is read again.
"""

import json
import os
import select
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import urllib3

from tests.peers.proc import children, deleted_open_files
from tests.peers.process import reserved_port, running, wait_until

ROOT = Path(__file__).parents[3]

Service = tuple[str, "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Case:
    """A command and its exit code beside a running service."""

    arguments: tuple[str, ...]
    code: int = 0


CASES = (
    Case(("status",)),
    Case(("status", "--format", "json")),
    Case(("status", "none"), code=1),
    Case(("catalog",)),
    Case(("catalog", "--output", "../entities.yaml")),
    Case(("validate", "data/config")),
    Case(("discover", "data/config/Dockerfile"), code=1),
    # The service does these.
    Case(("check",)),
    Case(("impact", "none"), code=1),
    Case(("rebuild", "none", "--reason", "because"), code=1),
    Case(("check", "portal"), code=1),
    # The service has the checkout, so these are refused.
    Case(("worker",), code=1),
    Case(("serve", "--port", "{port}"), code=1),
    Case(("--version",)),
    Case(("check", "--help")),
)


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


def run(case: Case, environment: Mapping[str, str], folder: Path) -> None:
    """Run a command under an open umask."""
    with reserved_port() as port:
        arguments = [word.format(port=port) for word in case.arguments]
        ended = subprocess.run(
            [sys.executable, "-m", "provider", *arguments],
            env=environment, cwd=folder, capture_output=True, text=True, check=False, umask=0,
        )  # fmt: skip
    assert ended.returncode == case.code, ended.stderr
    assert "Traceback" not in ended.stderr


_OWN = ("-journal", "reacting.lock")


def _seen(folder: Path) -> dict[str, tuple[int, int, int]]:
    """The mode, inode and owner of each file.

    Not of git's own files and the journals of transactions, which come and go, nor of the lock that the service makes
    for its first reaction.
    """
    found = {}
    for path in folder.rglob("*"):
        if ".git/" not in f"{path}/" and "config.git/" not in f"{path}/" and not path.name.endswith(_OWN):
            status = path.lstat()
            found[str(path.relative_to(folder))] = (stat.S_IMODE(status.st_mode), status.st_ino, status.st_uid)
    return found


def _first_round_is_over(data: Path) -> bool:
    with closing(sqlite3.connect(f"file:{data / 'image-factory.db'}?mode=ro", uri=True)) as connection:
        found: list[tuple[int]] = connection.execute("SELECT 1 FROM beats WHERE part = 'worker'").fetchall()
    return len(found) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_command_disturbs_a_running_service(service: Service, environment: dict[str, str], tmp_path: Path) -> None:
    """No file, mode or lock changes; what the service writes before and after each survives a kill; all is whole."""
    url, process = service
    data = tmp_path / "data"
    wait_until(partial(_first_round_is_over, data), "the worker should finish its first round")
    written = [f"after-{number}" for number in range(len(CASES) + 1)]
    track(url, written[0])
    processes = (process.pid, *children(process.pid))
    for case, name in zip(CASES, written[1:], strict=True):
        before = _seen(data)
        run(case, environment, tmp_path)
        assert _seen(data) == before, case
        assert [gone for pid in processes for gone in deleted_open_files(pid, data)] == [], case
        track(url, name)
    process.kill()
    process.wait()
    for pid in processes[1:]:
        _wait_for_end(pid)

    assert _names(tmp_path, environment) == {*written}
    for name in ("image-factory.db", "jobs.db"):
        with closing(sqlite3.connect(data / name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for folder in ("config", "config.git"):
        subprocess.run(["git", "-C", data / folder, "fsck", "--strict"], check=True, capture_output=True)


def _names(folder: Path, environment: Mapping[str, str]) -> set[str]:
    """The tracked repositories, as a new service with its worker shows them."""
    with reserved_port() as port:
        serve = [sys.executable, "-m", "provider", "serve", "--port", str(port)]
        url = f"http://127.0.0.1:{port}/api/v1/repositories"
        with running(serve, log=folder / "log-2", ready=partial(answers, url), environment=environment):
            kept = json.loads(urllib3.request("GET", f"{url}?pageSize=100").data)
    return {repository["name"] for repository in kept["items"]}


def _wait_for_end(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor):
        ended, _, _ = select.select([descriptor], [], [], 30)
    assert ended, f"process {pid} outlived its service"


@pytest.mark.skipif(sys.platform != "linux", reason="the umask of a child process")
def test_all_data_is_private_whatever_the_umask(tmp_path: Path, environment: dict[str, str]) -> None:
    """Both databases, the key, the checkout, the repository and their locks, made under an open umask."""
    with reserved_port() as port:
        command = ["sh", "-c", 'umask 0; exec "$@"', "sh"]
        command += [sys.executable, "-m", "provider", "serve", "--port", str(port)]
        url = f"http://127.0.0.1:{port}/api/v1/repositories"
        with running(command, log=tmp_path / "log", ready=partial(answers, url), environment=environment):
            wait_until(partial(_first_round_is_over, tmp_path / "data"), "the worker should finish its first round")
            seen = {path: stat.S_IMODE(path.lstat().st_mode) for path in (tmp_path / "data").rglob("*")}
    own = {tmp_path / "data": stat.S_IMODE((tmp_path / "data").stat().st_mode)} | seen

    assert {path.name for path in own} >= {"data", "jobs.db", "image-factory.db", "secret-key", "config", "config.git"}
    assert [str(path) for path, mode in own.items() if mode & 0o077] == []


@pytest.mark.parametrize("arguments", [("status",), ("status", "--format", "json"), ("catalog",), ("status", "x")])
def test_a_reader_makes_nothing_in_an_empty_folder(arguments: tuple[str, ...], workplace: Path) -> None:
    """With the default settings, neither data/ nor a database."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
    ended = subprocess.run(
        [sys.executable, "-m", "provider", *arguments],
        env=ours | {"PYTHONPATH": str(ROOT)}, cwd=workplace, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "Traceback" not in ended.stderr
    assert list(workplace.iterdir()) == []
