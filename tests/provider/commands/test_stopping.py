"""A real process that gets SIGTERM while it works: what has begun ends, nothing new begins, and the status is 0."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
import urllib3

from demo.world import World
from provider.services.stopping import STOP_WITHIN
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from tests.peers.exchange import Answer, Request
from tests.peers.fixtures import peers_installed
from tests.peers.github.server import GitHub
from tests.peers.images import push
from tests.peers.process import LOOPBACK, port_answers, reserved_port, running, wait_until
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.provider.commands.test_beside_a_service import answers, environment
from tests.provider.web_images import managed

__all__ = ["environment"]

SECONDS = 60.0
LIMIT = STOP_WITHIN.total_seconds()


class Gated(RegistryFront):
    """Requests wait until its gate is open; `asked` is set by the first."""

    def __init__(self, behind: str) -> None:
        super().__init__(behind)
        self.gate, self.asked = threading.Event(), threading.Event()

    def _respond_to(self, request: Request) -> Answer | None:
        self.asked.set()
        self.gate.wait(SECONDS)
        return super()._respond_to(request)


class SlowGitHub(GitHub):
    """Carries a dispatch out at once, and answers it only when its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.asked = threading.Event(), threading.Event()

    def _respond_to(self, request: Request) -> Answer | None:
        answer = super()._respond_to(request)
        if request.method == "POST" and request.path.endswith("/dispatches"):
            self.asked.set()
            self.gate.wait(SECONDS)
        return answer


class SlowWorld(World):
    """The world of the demo with this GitHub."""

    github: SlowGitHub

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process of the service."""
        return self._process

    def answers(self, path: str) -> bool:
        """Whether the service answers."""
        try:
            return self.http.request("GET", f"{self.url}{path}", timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _open_github(self) -> GitHub:
        return self._stack.enter_context(SlowGitHub())


class Web:
    """The web server in a process of its own, and one image in a registry behind a gate."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, registry: Gated) -> None:
        self.process = process
        self.port = port
        self.registry = registry
        self._pool = urllib3.PoolManager(retries=False, timeout=SECONDS)

    def status(self, path: str) -> int:
        """The status of the answer."""
        return self._pool.request("GET", f"http://{LOOPBACK}:{self.port}{path}").status


@pytest.fixture
def web(tmp_path: Path, environment: dict[str, str]) -> Iterator[Web]:
    """`serve --no-worker`; its registry does not answer."""
    with ExitStack() as ends:
        folder = tmp_path / "registry"
        folder.mkdir()
        behind = ends.enter_context(DockerRegistry(folder))
        registry = ends.enter_context(Gated(behind.url))
        push(behind.url, "acme/app", ["1.0.0"])
        (tmp_path / "data").mkdir()
        engine = open_engine(environment["IMAGE_FACTORY_DATABASE_URL"])
        migrate(engine)
        SqlImageIndex(engine).replace([managed("app", registry=registry.host)], {})
        engine.dispose()
        settings = environment | {"IMAGE_FACTORY_INSECURE_REGISTRIES": registry.host}
        port = ends.enter_context(reserved_port())
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        ready = partial(answers, f"http://{LOOPBACK}:{port}/healthz")
        process = ends.enter_context(running(command, log=tmp_path / "log", ready=ready, environment=settings))
        ends.callback(registry.gate.set)
        yield Web(process, port, registry)


def test_a_request_that_is_running_is_answered(web: Web) -> None:
    """New connections are refused meanwhile, and then the process ends."""
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(web.status, "/api/v1/images/app/versions")
        assert web.registry.asked.wait(SECONDS)
        web.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not port_answers(web.port), "no connection should be accepted")
        assert web.process.poll() is None
        web.registry.gate.set()

        assert reading.result(SECONDS) == 200
    assert web.process.wait(LIMIT) == 0


def test_a_request_that_does_not_end_is_cut_off(web: Web) -> None:
    """A host that never answers holds the end up for less than Kubernetes waits."""
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(web.status, "/api/v1/images/app/versions")
        assert web.registry.asked.wait(SECONDS)
        began = time.monotonic()
        web.process.send_signal(signal.SIGTERM)

        assert web.process.wait(SECONDS) == 0
        assert time.monotonic() - began < LIMIT + 5
        assert isinstance(reading.exception(SECONDS), urllib3.exceptions.HTTPError) or reading.result() in (200, 503)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlowWorld]:
    """Three images that are settled; GitHub does not answer dispatches."""
    with peers_installed(), SlowWorld(tmp_path, delay="2s") as world:
        world.enroll()
        world.wait_until_settled()
        yield world
        world.github.gate.set()


def test_a_dispatch_that_is_running_is_recorded(world: SlowWorld) -> None:
    """Its answer is waited for, and is in git when the process ends; after the next start nothing is sent again."""
    github = world.github
    world.move()
    assert github.asked.wait(SECONDS)
    process = world.process
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: not world.answers("/healthz"), "the web server should end")
    github.gate.set()

    assert process.wait(LIMIT + 5) == 0
    assert "Record the dispatch of base" in "\n".join(world.commits())
    world.stop_service()
    world.start_service()
    world.wait_until_rebuilt(2)
    assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}


def test_a_dispatch_that_is_never_answered_is_not_sent_again(world: SlowWorld) -> None:
    """The process ends at its limit; the next one finds the run that was started."""
    github = world.github
    world.move()
    assert github.asked.wait(SECONDS)
    began = time.monotonic()
    world.process.send_signal(signal.SIGTERM)

    assert world.process.wait(SECONDS) == 0
    assert time.monotonic() - began < LIMIT + 5
    github.gate.set()
    world.stop_service()
    world.start_service()
    world.wait_until_rebuilt(2)
    assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}
