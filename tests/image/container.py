"""A container of the image that `make test-image` built, restricted as in a cluster."""

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.peers.process import PeerFailed, PeerMissing, require, wait_until

IMAGE = "localhost/image-factory"
TOKEN = secrets.token_hex(16)
_CACHE = Path(__file__).parents[2] / ".cache" / "image"
_COMMAND_SECONDS = 300
_START_SECONDS = 120.0
_CONFINED = (
    "--read-only",
    "--read-only-tmpfs=false",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    # Without systemd there are no periodic checks; `healthcheck run` runs one.
    "--health-interval=disable",
)


def podman(*arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """The output of podman, with the storage in which the image was built.

    Args:
        arguments: the arguments of podman.
        settings: added to its environment, from which `--env NAME` reads them.

    Raises:
        PeerMissing: podman is not installed, or the image was not built.
        PeerFailed: podman failed; the message is that of podman.
    """
    done = _run(arguments, settings or {})
    if done.returncode:
        raise PeerFailed(f"podman {arguments[0]} ended with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


class Container:
    """A context manager for a running container: it enters when the service answers, and removes the container at exit.

    Attributes:
        name: the name in podman.
        url: the address of the service.
    """

    def __init__(
        self,
        *command: str,
        settings: Mapping[str, str] | None = None,
        data: Path | None = None,
        serves: int | None = 8080,
        shares_network: bool = False,
        memory: int = 512,
    ) -> None:
        """Prepare the container; it starts on entering.

        Args:
            command: replaces the command of the image.
            settings: the environment of the container.
            data: the folder to mount as /data, owned by its user; None for a new volume.
            serves: the port on which the command listens; None: it serves nothing.
            shares_network: use the network of this machine and its peers; otherwise, a free port of this machine is
                forwarded.
            memory: in MiB, without any swap.
        """
        self.name = f"image-factory-{secrets.token_hex(6)}"
        self.url = f"http://127.0.0.1:{serves}" if shares_network else ""
        self._serves = serves
        self._command = command
        self._settings = {"IMAGE_FACTORY_API_TOKENS": f"test:read:{TOKEN}", **(settings or {})}
        self._mount = f"{data}:/data:U" if data else "/data"
        self._network = "--network=host" if shares_network else f"--publish=127.0.0.1::{serves}"
        self._memory = f"--memory={memory}m", f"--memory-swap={memory}m"
        self._http = requests.Session()
        self._http.trust_env = False

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            ends.callback(self._remove)
            self._start()
            if not self.url and self._serves:
                self.url = f"http://{podman('port', self.name, f'{self._serves}/tcp')}"
            if self._serves:
                wait_until(lambda: self.ended() or self._answers(), "the container should answer", _START_SECONDS)
            if self.ended():
                raise PeerFailed(f"the container ended with status {self.exit_status()}\n{self.log()}")
            ends.pop_all()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._remove()

    def get(self, path: str, *, token: str | None = TOKEN) -> requests.Response:
        """The response of the service."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.get(self.url + path, headers=headers, timeout=20)

    def execute(self, *command: str) -> str:
        """The output of a command in the container, run as its user."""
        return podman("exec", self.name, *command)

    def stop(self, seconds: int) -> int:
        """Send SIGTERM, kill it after these seconds, and return its exit status: 137 if it was killed."""
        podman("stop", f"--time={seconds}", self.name)
        return self.exit_status()

    def exit_status(self) -> int:
        """Its exit status."""
        return int(podman("inspect", "--format={{.State.ExitCode}}", self.name))

    def peak_memory(self) -> int:
        """The most memory that it has had at once, in MiB, with the files that the kernel keeps for it."""
        paths = ("/sys/fs/cgroup/memory.peak", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes")
        read = "import pathlib, sys; print(next(p.read_text() for p in map(pathlib.Path, sys.argv[1:]) if p.exists()))"
        return int(self.execute("python3", "-c", read, *paths)) // 2**20

    def out_of_memory(self) -> bool:
        """Whether the kernel has killed a process of it for its memory."""
        return podman("inspect", "--format={{.State.OOMKilled}}", self.name) == "true"

    def log(self) -> str:
        """Its output."""
        done = _run(("logs", self.name), {})
        return done.stdout + done.stderr

    def _start(self) -> None:
        passed = [f"--env={name}" for name in self._settings]
        options = (f"--name={self.name}", *_CONFINED, *self._memory, f"--volume={self._mount}", self._network, *passed)
        podman("run", "--detach", "--pull=never", *options, IMAGE, *self._command, settings=self._settings)

    def ended(self) -> bool:
        """Whether its process has ended."""
        return podman("inspect", "--format={{.State.Running}}", self.name) != "true"

    def _answers(self) -> bool:
        try:
            return self.get("/healthz", token=None).ok
        except requests.ConnectionError:
            return False

    def _remove(self) -> None:
        self._http.close()
        podman("rm", "--force", "--ignore", "--volumes", "--time=0", self.name)


def image_document() -> dict[str, Any]:
    """The description of the image by podman."""
    (document,) = json.loads(podman("image", "inspect", IMAGE))
    return dict(document)


def _run(arguments: tuple[str, ...], settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    program = require("podman", "podman")
    if not (_CACHE / "storage.conf").exists():
        raise PeerMissing("the image is not built: make test-image")
    ours = {
        "CONTAINERS_STORAGE_CONF": str(_CACHE / "storage.conf"),
        "CONTAINERS_CONF": str(_CACHE / "containers.conf"),
    }
    return subprocess.run(
        [program, *arguments],
        env={**os.environ, **ours, **settings},
        check=False,
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
    )
