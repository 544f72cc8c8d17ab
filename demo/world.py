"""Runs the service and everything that it connects to on this machine: a registry, a git server and GitHub."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from demo.images import FINAL, NAMES, WORKFLOW, enrollments, sources
from tests.peers.git_server import GitServer
from tests.peers.github.controls import TOKEN
from tests.peers.github.runs import Run
from tests.peers.github.server import GitHub
from tests.peers.images import PushedImage, push
from tests.peers.process import reserved_port, running, wait_until
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront

CONFIG = "acme/image-config"
BASES = {"library/node": "22", "library/debian": "12", "library/busybox": "1.36", "docker/dockerfile": "1"}


class World:
    """A context manager: starts the peers and the service, and pushes images; no image is enrolled yet.

    Args:
        folder: for everything that the peers and the service store.
        delay: the delay of each rebuild.
        window: the coordination window.
        token: the token that each request to the service shows; empty: none.

    Attributes:
        url: the address of the service.
        builds: image name and inputs of each workflow run, in order.
    """

    _options: Sequence[str] = ()
    _final: Mapping[str, str] = FINAL

    def __init__(self, folder: Path, *, delay: str = "5s", window: str = "1s", token: str = "") -> None:
        self.folder = folder
        self.delay, self._window = delay, window
        self._stack = ExitStack()
        headers = {"X-Image-Factory-Token": token} if token else {}
        self.http = urllib3.PoolManager(retries=False, timeout=60, headers=headers)
        self.builds: list[tuple[str, Mapping[str, str]]] = []
        self._pushed = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self.http.clear()

    def _start(self) -> None:
        for name in ("registry", "git", "data"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.registry = self._open_registry()
        self.git = self._stack.enter_context(GitServer(self.folder / "git"))
        self.git.repositories.now = time.time
        self.github = self._open_github()
        self.github.on_dispatch(self._build)
        self.config_url = self.git.create(CONFIG, {"images.yaml": "# Enrollments\n"})
        self._built: dict[str, PushedImage] = {}
        for repository, tag in BASES.items():
            self._push(repository, tag, "first")
        for repository, dockerfile in self.sources().items():
            files = {"Dockerfile": dockerfile, ".github/workflows/build.yml": WORKFLOW}
            self.github.add_repository(repository, files)
            self._push(repository, "latest", "built by hand", self._built[self._final[repository]])
        self._port = self._stack.enter_context(reserved_port())
        self.url = f"http://127.0.0.1:{self._port}"
        self._service = self._stack.enter_context(ExitStack())
        self.start_service()

    def _open_registry(self) -> DockerRegistry | RegistryFront:
        return self._stack.enter_context(DockerRegistry(self.folder / "registry"))

    def _open_github(self) -> GitHub:
        return self._stack.enter_context(GitHub())

    def sources(self) -> Mapping[str, str]:
        """The Dockerfile of each source repository."""
        return sources(self.registry.host)

    def start_service(self) -> None:
        """Start the real command in a separate process."""
        self._process = self._service.enter_context(
            running(
                [sys.executable, "-m", "provider", "serve", "--port", str(self._port), *self._options],
                log=self.folder / "service.log",
                ready=lambda: self._answers("/healthz"),
                environment=self.environment(),
            )
        )

    def stop_service(self) -> None:
        """Stop the service as an operator does."""
        self._service.close()
        self._service = self._stack.enter_context(ExitStack())

    def environment(self) -> dict[str, str]:
        """The environment with the settings of the service."""
        ours = {key: value for key, value in os.environ.items() if not key.startswith("IMAGE_FACTORY_")}
        return ours | {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{self.folder}/data/image-factory.db",
            "IMAGE_FACTORY_CONFIG_REPO": self.config_url,
            "IMAGE_FACTORY_CONFIG_TOKEN": self.git.write_token,
            "IMAGE_FACTORY_CONFIG_CHECKOUT": f"{self.folder}/data/config",
            "IMAGE_FACTORY_GITHUB_API_URL": self.github.url,
            "IMAGE_FACTORY_GITHUB_TOKEN": TOKEN,
            "IMAGE_FACTORY_INSECURE_REGISTRIES": self.registry.host,
            "IMAGE_FACTORY_REGISTRY_MIRRORS": f"docker.io={self.registry.url}",
            "IMAGE_FACTORY_REGISTRY_AUTH_FILE": f"{self.folder}/data/no-credentials.json",
            "IMAGE_FACTORY_CHECK_INTERVAL": "1s",
            "IMAGE_FACTORY_BASE_CHECK_INTERVAL": "1s",
            "IMAGE_FACTORY_COORDINATION_WINDOW": self._window,
        }

    def enroll(self) -> None:
        """Push images.yaml, as a person does."""
        text = enrollments(self.registry.host, self.delay)
        self.git.repositories.commit(CONFIG, {"images.yaml": text}, message="Enroll base, portal and api")

    def move(self, repository: str = "library/node") -> PushedImage:
        """Publish a new image with the same tag, as upstream does."""
        self._pushed += 1
        return self._push(repository, BASES[repository], f"moved {self._pushed}")

    def commits(self) -> list[str]:
        """The commit messages of the config repository, the newest first."""
        return self.git.repositories.messages(CONFIG)

    def image(self, name: str) -> dict[str, Any]:
        """One image from the API; empty if it is not known."""
        answer = self.http.request("GET", f"{self.url}/api/v1/images/{name}")
        return dict(answer.json()) if answer.status == 200 else {}

    def images(self) -> dict[str, dict[str, Any]]:
        """All images by name."""
        answer = self.http.request("GET", f"{self.url}/api/v1/images?pageSize=100")
        return {image["name"]: image for image in answer.json()["items"]} if answer.status == 200 else {}

    def catalog(self) -> str:
        """The entities in the form that Backstage reads."""
        return self.http.request("GET", f"{self.url}/catalog/catalog-info.yaml").data.decode()

    def settled(self, count: int = len(NAMES)) -> bool:
        """Whether this number of images is enrolled, each has been checked, and nothing newer is known for it.

        Before its first rebuild, nothing shows which digests the other stages of an image were built from.
        """
        return self._all_have(count, "up-to-date", "unverified")

    def proven(self) -> bool:
        """Whether every enrolled image is known to be up to date."""
        return self._all_have(len(NAMES), "up-to-date")

    def _all_have(self, count: int, *statuses: str) -> bool:
        managed = [image for image in self.images().values() if image["role"] == "managed"]
        return len(managed) == count and all(
            image["status"] in statuses and image["dependencies"] and image["digest"] for image in managed
        )

    def wait_until_settled(self, seconds: float = 120) -> None:
        """Wait until every enrolled image has been checked."""
        wait_until(self.settled, "every image to be checked", seconds)

    def kill_service(self) -> None:
        """Kill the service, as a power cut does."""
        self._process.kill()
        self._process.wait()
        wait_until(lambda: not self._answers("/healthz"), "the web server should end with its parent")
        self.stop_service()

    def wait_until_rebuilt(self, times: int, seconds: float = 120) -> None:
        """Wait until this number of builds ran and every image is up to date."""
        wait_until(lambda: len(self.builds) >= times and self.proven(), f"{times} builds", seconds)

    def _answers(self, path: str) -> bool:
        try:
            return self.http.request("GET", self.url + path).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _build(self, run: Run) -> None:
        """Do what the workflow of a team does: build from the given digests, push, and end."""
        repository = run.repository.full_name
        inputs = {name: str(value) for name, value in (run.inputs or {}).items()}
        self.builds.append((repository.partition("/")[2], inputs))
        self.github.start(run.id)
        bases = json.loads(inputs.get("image_factory_base_images") or "[]")
        content = "built on " + " ".join(sorted(f"{base['reference']}@{base['digest']}" for base in bases))
        final = self._final[repository]
        passed = next(base["digest"] for base in bases if base["reference"].endswith(f"/{final}"))
        self._push(repository, "latest", content, self._built[passed])
        self.github.finish(run.id, "success")

    def _push(self, repository: str, tag: str, content: str, base: PushedImage | None = None) -> PushedImage:
        """Push an image, with the layers of its base below its own."""
        pushed = push(self.registry.url, repository, [tag], content=content, base=base)
        self._built |= {repository: pushed, pushed.digest: pushed}
        return pushed
