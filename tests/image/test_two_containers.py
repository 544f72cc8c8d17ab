"""The web service and the worker in a container each, with as little memory as in Kubernetes, over PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.world import World
from tests.image.container import TOKEN, Container
from tests.image.postgresql import postgresql
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

pytestmark = pytest.mark.image

MEMORY = 192


class ContainerWorld(World):
    """The world of the demo; the service runs in two containers, with one volume.

    Attributes:
        web: serves.
        worker: does the work.
    """

    web: Container
    worker: Container

    def start_service(self) -> None:
        """Start PostgreSQL and both containers."""
        database = self._service.enter_context(postgresql())
        given = {name: text for name, text in self.environment().items() if name.startswith("IMAGE_FACTORY_")}
        settings = {
            **given,
            "IMAGE_FACTORY_DATABASE_URL": database,
            "IMAGE_FACTORY_CONFIG_CHECKOUT": "/data/config",
            "IMAGE_FACTORY_REGISTRY_AUTH_FILE": "/data/none.json",
            "IMAGE_FACTORY_SECRET_KEY": TOKEN,
        }
        serve = ("serve", "--no-worker", "--host=127.0.0.1", f"--port={self._port}")
        data = self.folder / "data"
        self.web = Container(
            *serve, settings=settings, data=data, serves=self._port, shares_network=True, memory=MEMORY
        )
        self._service.enter_context(self.web)
        self.worker = Container("worker", settings=settings, data=data, serves=None, shares_network=True, memory=MEMORY)
        self._service.enter_context(self.worker)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ContainerWorld]:
    """Peers and both containers, with three images enrolled and settled."""
    with peers_installed(), ContainerWorld(tmp_path, delay="2s", token=TOKEN) as world:
        world.enroll()
        world.wait_until_settled()
        yield world


def test_two_containers_rebuild_after_a_change(world: ContainerWorld) -> None:
    """Each image once; both stay within 192 MiB, are ready, and end with status 0."""
    world.move()
    world.wait_until_rebuilt(2)
    wait_until(lambda: world.web.get("/readyz").ok, "it should be ready")

    assert Counter(name for name, _ in world.builds) == {"base": 1, "portal": 1}
    both = (world.web, world.worker)
    peaks = [container.peak_memory() for container in both]
    print(f"peak memory of web and worker: {peaks} MiB")
    assert not any(container.ended() or container.out_of_memory() for container in both)
    assert max(peaks) <= MEMORY
    for container in both:
        assert container.stop(seconds=30) == 0, container.log()
