"""The whole service and a Backstage: each change of the catalog is pushed within seconds."""

import contextlib
import threading
from pathlib import Path

import pytest
import urllib3

from demo.connected import CATALOG_TOKEN as CATALOG_OF_THE_WORLD
from demo.connected import PROXY_TOKEN, SERVICE_TOKEN, ConnectedWorld
from demo.world import World
from tests.peers.backstage import Backstage, Entity
from tests.peers.backstage_catalog import TOKEN, CatalogOfBackstage
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

READER = "a-token-that-reads-all"
CATALOG_TOKEN = "the-token-of-the-catalog"
SHOWN_WITHIN_SECONDS = 10


class PushedWorld(World):
    """The service, and a Backstage that reads the catalog document when it is asked to.

    Attributes:
        documents: what Backstage read, in order; what it could not read leaves it as it was.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, delay="1s", token=READER)
        self.documents: list[str] = []
        self._wanted, self._ended = threading.Event(), threading.Event()
        self.backstage = CatalogOfBackstage(on_read=self._wanted.set)

    def _start(self) -> None:
        self._stack.enter_context(self.backstage)
        reader = threading.Thread(target=self._keep_reading, daemon=True)
        reader.start()
        self._stack.callback(reader.join, 30)
        self._stack.callback(self._ended.set)
        super()._start()
        # As Backstage reaches the service: by another name than people.
        target = f"http://localhost:{self._port}/catalog/catalog-info.yaml?token={CATALOG_TOKEN}"
        self.backstage.add_location("generated-1", target)

    def _keep_reading(self) -> None:
        while not self._ended.is_set():
            if self._wanted.wait(0.05):
                self._wanted.clear()
                with contextlib.suppress(urllib3.exceptions.HTTPError):
                    self.documents.append(self.catalog())

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        return super().environment() | {
            "IMAGE_FACTORY_PUBLIC_URL": self.url,
            "IMAGE_FACTORY_API_TOKENS": f"reader:read:{READER}",
            "IMAGE_FACTORY_CATALOG_TOKEN": CATALOG_TOKEN,
            "IMAGE_FACTORY_BACKSTAGE_URL": self.backstage.url,
            "IMAGE_FACTORY_BACKSTAGE_TOKEN": TOKEN,
        }

    def wait_for_a_push(self, what: str) -> None:
        """Wait until Backstage has read the catalog that readers see, within seconds."""
        wait_until(lambda: self.documents[-1:] == [self.catalog()], f"Backstage to read {what}", 10)


def test_a_change_reaches_backstage_within_seconds(tmp_path: Path) -> None:
    """An enrollment, a base image that moves, its rebuild, and what happened while Backstage was down.

    It comes back without the entity provider, so that its location is refreshed from then on.
    """
    with peers_installed(), PushedWorld(tmp_path) as world:
        world.enroll()
        world.wait_until_settled()
        world.wait_for_a_push("the enrolled images")
        assert "name: portal" in world.documents[-1]

        moved = world.move().digest
        world.wait_until_rebuilt(2)
        world.wait_for_a_push("the new digest")
        assert moved in world.documents[-1]
        assert set(world.backstage.reads) == {"provider"}

        world.backstage.down()
        world.move()
        world.wait_until_rebuilt(4)
        log = (world.folder / "service.log").read_text()
        world.stop_service()
        world.backstage.provider = False
        world.backstage.up()
        world.start_service()
        world.wait_for_a_push("what happened meanwhile")
        assert world.backstage.reads[-1] == "location:default/generated-1"

        log += (world.folder / "service.log").read_text()
        assert "Backstage reads it again" in log
        assert "Backstage did not take the push" in log
        assert CATALOG_TOKEN not in log
        assert TOKEN not in log


@pytest.mark.backstage
@pytest.mark.parametrize("way", ["provider", "location"])
def test_a_real_backstage_shows_a_change_within_seconds(way: str, tmp_path: Path) -> None:
    """Long before it would read by itself: every 30 s with the provider, every five minutes with the location."""
    folder = tmp_path / "backstage"
    folder.mkdir()
    with peers_installed(), ConnectedWorld(tmp_path / "world") as world:
        world.enroll()
        world.wait_until_settled()
        document = f"{world.url}/catalog/catalog-info.yaml?token={CATALOG_OF_THE_WORLD}"
        backstage = Backstage(
            folder,
            world.url,
            SERVICE_TOKEN,
            catalog_url=document if way == "location" else "",
            image_factory_token=PROXY_TOKEN,
            processing_interval="5m",
        )
        world.connect(backstage.url)
        world.http.headers = {"X-Image-Factory-Token": PROXY_TOKEN}
        with backstage:
            backstage.wait_for(lambda: _digest(backstage), 60)
            # The pushes during its start failed, and pause.
            backstage.wait_for(lambda: "image_factory_backstage_push_failures 0.0" in _metrics(world), 60)
            for _ in range(3):
                _show_a_move(world, backstage)


def _metrics(world: World) -> str:
    return world.http.request("GET", f"{world.url}/metrics").data.decode()


def _show_a_move(world: World, backstage: Backstage) -> None:
    moved = world.move().digest
    wait_until(lambda: moved in world.catalog(), "the service to see the new digest", 60)
    backstage.wait_for(lambda: _digest(backstage) == moved, SHOWN_WITHIN_SECONDS)


def _digest(backstage: Backstage) -> str | None:
    entity: Entity = backstage.entity("resource:default/node-22") or {"metadata": {"annotations": {}}}
    digest: str | None = entity["metadata"]["annotations"].get("image-factory.io/digest")
    return digest
