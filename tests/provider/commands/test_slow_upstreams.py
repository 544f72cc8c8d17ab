"""People who read, against a real server process, while a registry does not answer."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
import urllib3

from provider.api.answers.upstream_places import LIMITS, RETRY_SECONDS
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from tests.peers.exchange import Answer, Request
from tests.peers.images import push
from tests.peers.process import LOOPBACK, reserved_port, running, wait_until
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.provider.commands.test_beside_a_service import answers, environment
from tests.provider.web_images import managed

__all__ = ["environment"]

PEOPLE = 50
DATABASE_PATHS = ("/healthz", "/readyz", "/images", "/overview", "/api/v1/images")
SECONDS = 60.0

Read = tuple[int, str | None]
"""The status of an answer and its Retry-After."""


class Gated(RegistryFront):
    """Answers while its gate is open; requests wait until then."""

    gate = threading.Event()

    def _respond_to(self, request: Request) -> Answer | None:
        self.gate.wait(SECONDS)
        return super()._respond_to(request)


class Service:
    """The running service, and people with a token each.

    Attributes:
        registry: where all images are.
    """

    def __init__(self, url: str, registry: Gated) -> None:
        self.registry = registry
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=2 * PEOPLE, retries=False, timeout=SECONDS)

    def get(self, path: str, person: int) -> urllib3.BaseHTTPResponse:
        """The answer to one person."""
        return self._pool.request("GET", f"{self._url}{path}", headers={"X-Image-Factory-Token": token_of(person)})

    def read(self, path: str, person: int) -> Read:
        """Its status, and when to ask again."""
        answer = self.get(path, person)
        return answer.status, answer.headers.get("Retry-After")

    def places(self) -> dict[str, int]:
        """How many requests got a place or none, and how many have one."""
        lines = self.get("/metrics", 0).data.decode().splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if line.startswith("image_factory_upstream_places_"))
        return {
            "held": int(float(values["image_factory_upstream_places_held"])),
            "got": sum(self._counted(values, turn) for turn in ("at_once", "waited")),
            "refused": self._counted(values, "refused"),
        }

    def _counted(self, values: dict[str, str], turn: str) -> int:
        return int(float(values[f'image_factory_upstream_places_total{{outcome="{turn}"}}']))


def token_of(person: int) -> str:
    """The service token of a person."""
    return f"the-token-of-person-{person}"


@pytest.fixture
def service(tmp_path: Path, environment: dict[str, str]) -> Iterator[Service]:
    """`serve --no-worker` with an image for each person, whose versions were never read."""
    with ExitStack() as ends:
        folder = tmp_path / "registry"
        folder.mkdir()
        behind = ends.enter_context(DockerRegistry(folder))
        registry = ends.enter_context(Gated(behind.url))
        registry.gate.set()
        images = [managed(f"app-{number}", registry=registry.host) for number in range(PEOPLE)]
        for image in images:
            push(behind.url, f"acme/{image.name}", ["1.0.0"])
        (tmp_path / "data").mkdir()
        engine = open_engine(environment["IMAGE_FACTORY_DATABASE_URL"])
        migrate(engine)
        SqlImageIndex(engine).replace(images, {})
        engine.dispose()
        settings = environment | {
            "IMAGE_FACTORY_INSECURE_REGISTRIES": registry.host,
            "IMAGE_FACTORY_API_TOKENS": ",".join(f"p{person}:read:{token_of(person)}" for person in range(PEOPLE)),
        }
        port = ends.enter_context(reserved_port())
        command = [sys.executable, "-m", "provider", "serve", "--no-worker", "--port", str(port)]
        url = f"http://{LOOPBACK}:{port}"
        ready = partial(answers, f"{url}/healthz")
        ends.enter_context(running(command, log=tmp_path / "log", ready=ready, environment=settings))
        ends.callback(registry.gate.set)
        yield Service(url, registry)


def test_fifty_people_who_ask_a_silent_registry_keep_no_page_from_fifty_others(service: Service) -> None:
    """Eight wait for it and get their versions in the end; the others are asked to come again, and are served then."""
    usual = {path: service.read(path, 0)[0] for path in DATABASE_PATHS}
    service.registry.gate.clear()
    with ThreadPoolExecutor(2 * PEOPLE) as threads:
        asking = [threads.submit(service.read, versions_of(person), person) for person in range(PEOPLE)]
        wait_until(lambda: service.places()["held"] == LIMITS.places, "all places should be taken")

        reading = [threads.submit(service.read, path, person) for person in range(10) for path in DATABASE_PATHS]
        read = Counter(answer.result(SECONDS)[0] for answer in reading)
        still = service.places()["held"]

        wait_until(lambda: service.places()["refused"] == PEOPLE - LIMITS.places, "the others should be refused")
        service.registry.gate.set()
        found = results(asking)

    assert read == Counter(list(usual.values()) * 10)
    assert still == LIMITS.places
    assert found == {(200, None): LIMITS.places, (503, str(RETRY_SECONDS)): PEOPLE - LIMITS.places}
    wait_until(lambda: service.places()["held"] == 0, "all places should be free again")
    again = [service.read(versions_of(person), person)[0] for person in range(PEOPLE)]
    assert again == [200] * PEOPLE


def test_one_person_with_many_windows_keeps_no_place_from_others(service: Service) -> None:
    """Half of the places are enough for one; somebody else waits beside them, and is not refused."""
    service.registry.gate.clear()
    with ThreadPoolExecutor(PEOPLE) as threads:
        many = [threads.submit(service.read, versions_of(number), 0) for number in range(20)]
        wait_until(lambda: service.places()["refused"] == 20 - LIMITS.of_caller, "its others should be refused")
        other = threads.submit(service.read, versions_of(30), 1)
        wait_until(lambda: service.places()["held"] == LIMITS.of_caller + 1, "another should wait")
        service.registry.gate.set()

        assert other.result(SECONDS) == (200, None)
        assert results(many) == {(200, None): LIMITS.of_caller, (503, str(RETRY_SECONDS)): 20 - LIMITS.of_caller}


def versions_of(number: int) -> str:
    """The address of the versions of an image; the API and the page by turns."""
    return f"/api/v1/images/app-{number}/versions" if number % 2 else f"/images/app-{number}/versions"


def results(reads: "list[Future[Read]]") -> Counter[Read]:
    """What was answered, by how often."""
    return Counter(answer.result(SECONDS) for answer in reads)
