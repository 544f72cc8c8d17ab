"""The world of the demo over PostgreSQL, with a web service without a worker, and any number of workers beside it."""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from demo.images import enrollments
from demo.world import CONFIG, World
from tests.peers.process import running, wait_until

NAMES = tuple(f"app-{number}" for number in range(8))
AT_ONCE = 3
"""The builds that run at a time, so that a wave takes several steps."""


class ManyWorkers(World):
    """Eight images built from node:22; the web service runs from the start, and no worker does.

    Args:
        folder: for everything that the peers and the processes store.
        database: the address of an empty database of PostgreSQL.
    """

    _options = ("--no-worker",)
    _final = dict.fromkeys((f"acme/{name}" for name in NAMES), "library/node")

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, delay="1s", window="0s")
        self._database = database
        self._workers: dict[str, ExitStack] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self) -> dict[str, str]:
        """The settings that all processes have."""
        return super().environment() | {
            "IMAGE_FACTORY_DATABASE_URL": self._database,
            "IMAGE_FACTORY_MAX_CONCURRENT_BUILDS": str(AT_ONCE),
        }

    def sources(self) -> Mapping[str, str]:
        """One Dockerfile for each image."""
        return dict.fromkeys(self._final, "FROM node:22\n")

    def enroll(self) -> None:
        """Push images.yaml."""
        text = enrollments(self.registry.host, self.delay, NAMES)
        self.git.repositories.commit(CONFIG, {"images.yaml": text}, message="Enroll eight images")

    def start_worker(self, name: str) -> None:
        """Start a worker with this id, and a checkout of its own."""
        environment = self.environment() | {
            "IMAGE_FACTORY_WORKER_ID": name,
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(self.folder / name / "config"),
        }
        log = self.folder / f"{name}.log"
        (self.folder / name).mkdir()
        self._workers[name] = self._stack.enter_context(ExitStack())
        self._processes[name] = self._workers[name].enter_context(
            running(
                [sys.executable, "-m", "provider", "worker"],
                log=log,
                ready=lambda: f"this worker has the id {name}" in log.read_text("utf-8"),
                environment=environment,
            )
        )

    def kill_worker(self, name: str) -> None:
        """Kill the worker with SIGKILL."""
        self._processes[name].kill()
        self._workers.pop(name).close()

    def stop_worker(self, name: str) -> int:
        """Stop the worker as a rolling update does, with SIGTERM; returns its exit code."""
        process = self._processes[name]
        self._workers.pop(name).close()
        return process.returncode

    def wait_for_builds(self, number: int) -> None:
        """Wait until so many builds have begun, of all that there were."""
        wait_until(lambda: len(self.builds) >= number, f"{number} builds", 120)

    def all_proven(self) -> bool:
        """Whether every image is known to be up to date."""
        return self._all_have(len(NAMES), "up-to-date")

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The state of each image in git."""
        read = self.git.repositories.read
        return {name: yaml.safe_load(read(CONFIG, f"state/images/{name}.yaml")) for name in NAMES}
