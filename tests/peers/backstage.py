"""A real Backstage with the plugins of this project, installed by `backstage/install.sh` and started for tests."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote, urlsplit

import requests

Entity = dict[str, Any]
T = TypeVar("T")

_WORKSPACE: Final = Path(__file__).parents[2] / "backstage"
# How `backstage-cli package start` runs TypeScript, without the part that watches files.
_TRANSPILE: Final = ("--require", "@backstage/cli/config/nodeTransform.cjs")
_INSTALL: Final = "run backstage/install.sh (make test-backstage does)"
_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 15.0
_REQUEST_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1
_TAIL_LINES: Final = 40
_COLOUR: Final = re.compile(r"\x1b\[\d+m")


class BackstageError(RuntimeError):
    """Not installed, ended, or too late with what was waited for; the message has the end of its log, or what to do."""


class Backstage:
    """Runs Backstage on a free loopback port while the context is open.

    `url` is its address, known before it starts; `log` is the file that gets what it prints. It serves the app at the
    same address, if `npm run build:app` has built it.

    Args:
        folder: an existing folder of this test's own; `backstage.log` is written there and kept.
        service_url: where the proxy plugin and the entity provider reach the service.
        service_token: the static token of the service towards Backstage, good for the catalog only; Backstage takes
            8 characters or more, without white space.
        catalog_url: a document that Backstage ingests as a url location, instead of with the entity provider.
        image_factory_token: what the proxy plugin sends as `X-Image-Factory-Token`, and the entity provider in
            Authorization; without it, no such header.
        processing_interval: how often Backstage looks at everything again, as it writes durations: 10s, 5m.
    """

    def __init__(
        self,
        folder: Path,
        service_url: str,
        service_token: str,
        *,
        catalog_url: str = "",
        image_factory_token: str = "",
        processing_interval: str = "10s",
    ) -> None:
        port = _free_port()
        self.url: Final = f"http://127.0.0.1:{port}"
        self.log: Final = folder / "backstage.log"
        self._configs: Final = ("app-config.yaml", f"app-config.{'location' if catalog_url else 'provider'}.yaml")
        self._environment: Final = {
            "BACKSTAGE_PORT": str(port),
            "CATALOG_PROCESSING_INTERVAL": processing_interval,
            # The web address of the fake GitHub is on this machine, too.
            "GITHUB_HOST": "127.0.0.1",
            "GITHUB_API": "127.0.0.1/api/v3",
            "IMAGE_FACTORY_BACKSTAGE_TOKEN": service_token,
            "IMAGE_FACTORY_CATALOG_URL": catalog_url,
            "IMAGE_FACTORY_HOST": urlsplit(catalog_url or service_url).netloc,
            "IMAGE_FACTORY_URL": service_url,
            "NODE_ENV": "development",
        }
        if image_factory_token:
            self._environment["IMAGE_FACTORY_TOKEN"] = image_factory_token
        self._session: Final = requests.Session()
        # A proxy or a .netrc of the machine must not come between two loopback addresses.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {service_token}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start Backstage and wait until it is ready.

        Raises:
            BackstageError: Node or its packages are not installed, it ended, or was not ready in time.
        """
        self._process = _start(self.log, self._configs, self._environment)
        try:
            self.wait_for(self._is_ready, _START_SECONDS)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop Backstage, by force when it does not end by itself."""
        self._stop()

    def restart(self) -> None:
        """End it and start it again at the same address: with an empty catalog, and keys that are new."""
        self._stop()
        self.__enter__()

    def entity(self, kind_namespace_name: str) -> Entity | None:
        """The entity of a full reference such as `resource:default/node-22`; None when there is none."""
        kind, namespace, name = kind_namespace_name.replace("/", ":").split(":")
        path = "/".join(quote(part, safe="") for part in (kind, namespace, name))
        response = self._session.get(f"{self.url}/api/catalog/entities/by-name/{path}", timeout=_REQUEST_SECONDS)
        if response.status_code == requests.codes.not_found:
            return None
        response.raise_for_status()
        found: Entity = response.json()
        return found

    def entities(self, matching: str) -> list[Entity]:
        """All entities that match one of Backstage's filters, such as `kind=resource,spec.type=base-image`."""
        response = self._session.get(
            f"{self.url}/api/catalog/entities", params={"filter": matching}, timeout=_REQUEST_SECONDS
        )
        response.raise_for_status()
        found: list[Entity] = response.json()
        return found

    def count(self, matching: str) -> int:
        """How many entities match one of Backstage's filters."""
        response = self._session.get(
            f"{self.url}/api/catalog/entities/by-query",
            params={"filter": matching, "limit": "0"},
            timeout=_REQUEST_SECONDS,
        )
        response.raise_for_status()
        return int(response.json()["totalItems"])

    def refresh(self, location_target: str) -> None:
        """Ask Backstage to fetch a url location again, now.

        Raises:
            LookupError: Backstage knows no url location with that target (yet): it would ignore the request silently.
        """
        location = _location_reference(location_target)
        if self.entity(location) is None:
            raise LookupError(f"Backstage has no url location {location_target}")
        response = self._session.post(
            f"{self.url}/api/catalog/refresh", json={"entityRef": location}, timeout=_REQUEST_SECONDS
        )
        response.raise_for_status()

    def run_provider(self) -> None:
        """Ask the entity provider to read the entities again, now; a run that is under way is enough."""
        task = "/api/catalog/.backstage/scheduler/v1/tasks/image-factory-entities/trigger"
        response = self._session.post(f"{self.url}{task}", timeout=_REQUEST_SECONDS)
        if response.status_code != requests.codes.conflict:
            response.raise_for_status()

    def wait_for(self, predicate: Callable[[], T | None], deadline: float) -> T:
        """Ask again and again until the answer is true, and give that answer back.

        Args:
            predicate: asks; anything false means not yet.
            deadline: seconds from now.

        Raises:
            BackstageError: Backstage ended, or the deadline passed.
        """
        last = time.monotonic() + deadline
        while not (answer := predicate()):
            if time.monotonic() > last:
                raise BackstageError(f"waited {deadline:g} s in vain; Backstage's last words:\n{_tail(self.log)}")
            self._pause()
        return answer

    def _is_ready(self) -> bool:
        try:
            return self._session.get(f"{self.url}/.backstage/health/v1/readiness", timeout=_REQUEST_SECONDS).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def _pause(self) -> None:
        """Let a moment pass, cut short by the end of the process."""
        if self._process is None:
            raise BackstageError("Backstage is not running")
        try:
            status = self._process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return
        raise BackstageError(f"Backstage ended with status {status}; its last words:\n{_tail(self.log)}")

    def _stop(self) -> None:
        self._session.close()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(log: Path, configs: Sequence[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    node = shutil.which("node")
    if node is None or not (_WORKSPACE / "node_modules").is_dir():
        raise BackstageError(f"Backstage is not installed: {_INSTALL}")
    # Little else of ours: a stray APP_CONFIG_*, NODE_OPTIONS or HTTP_PROXY would change what is tested.
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    chosen = [word for config in configs for word in ("--config", str(_WORKSPACE / config))]
    with log.open("wb") as output:
        return subprocess.Popen(
            [node, *_TRANSPILE, "src/index.ts", *chosen],
            cwd=_WORKSPACE / "packages" / "backend",
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _location_reference(target: str) -> str:
    # The name that the catalog gives a location of its configuration (@backstage/plugin-catalog-backend 4.0.0,
    # util/conversion: locationSpecToMetadataName).
    return f"location:default/generated-{hashlib.sha1(f'url:{target}'.encode(), usedforsecurity=False).hexdigest()}"


def _tail(log: Path) -> str:
    plain = _COLOUR.sub("", log.read_text(errors="replace"))
    return "\n".join(plain.splitlines()[-_TAIL_LINES:])
