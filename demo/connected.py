"""The service and a real Backstage, connected as docs/backstage.md describes."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.world import World
from tests.peers.backstage import Backstage
from tests.peers.backstage_person import Person
from tests.peers.docker_hub.server import DockerHub
from tests.peers.fixtures import peers_installed

PROXY_TOKEN = "token-of-the-proxy-plugin"  # noqa: S105 - of this world alone
CATALOG_TOKEN = "token-for-the-catalog"  # noqa: S105 - of this world alone
SERVICE_TOKEN = "image-factory-to-backstage"  # noqa: S105 - of this world alone


class ConnectedWorld(World):
    """The service, whose settings are completed when the address of Backstage is known."""

    def __init__(self, folder: Path, public_url: str = "") -> None:
        super().__init__(folder)
        self._public_url = public_url
        self.settings: dict[str, str] = {}
        self.docker_hub = DockerHub()

    def _start(self) -> None:
        self._stack.enter_context(self.docker_hub)
        self.docker_hub.add_repository("library", "node")
        self.docker_hub.push_many("library/node", count=30, newest=datetime.now(UTC))
        super()._start()

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        ours = {
            "IMAGE_FACTORY_PUBLIC_URL": self._public_url or self.url,
            "IMAGE_FACTORY_DOCKER_HUB_API_URL": self.docker_hub.url,
            "IMAGE_FACTORY_REGISTRY_MIRRORS": f"docker.io={self.registry.url},ghcr.io={self.registry.url}",
        }
        return super().environment() | ours | self.settings

    def connect(self, backstage_url: str) -> None:
        """Restart the service with its callers: the users of Backstage, and the proxy plugin."""
        self.settings = {
            "IMAGE_FACTORY_BACKSTAGE_URL": backstage_url,
            "IMAGE_FACTORY_BACKSTAGE_TOKEN": SERVICE_TOKEN,
            "IMAGE_FACTORY_API_TOKENS": f"backstage:read:{PROXY_TOKEN}",
            "IMAGE_FACTORY_CATALOG_TOKEN": CATALOG_TOKEN,
        }
        self.stop_service()
        self.start_service()


@dataclass(frozen=True, slots=True)
class Connected:
    """Both of them are running."""

    world: ConnectedWorld
    backstage: Backstage

    def person(self, name: str) -> Person:
        """A user in org.yaml, signed in: jane owns the images, joe does not."""
        return Person.sign_in(self.backstage, name)

    def failed_run(self, image: str) -> int:
        """Add a failed run of the workflow of the image, and return its id."""
        return self.world.github.add_run(f"acme/{image}", "build.yml", conclusion="failure").id

    def attempts(self, run_id: int) -> int:
        """The number of attempts of a run at GitHub."""
        return self.world.github.state.runs[run_id].attempt

    def audit(self, caller: str) -> list[str]:
        """The audit records for re-runs of a caller."""
        lines = (self.world.folder / "service.log").read_text().splitlines()
        return [line for line in lines if f"rerun caller={caller} " in line]


@contextlib.contextmanager
def connected(folder: Path, *, public_url: str = "") -> Iterator[Connected]:
    """Three checked images of `group:default/platform`, and a Backstage that reads them.

    Args:
        folder: an existing folder for everything that they store.
        public_url: the address of the service for people; its real one if it is empty.
    """
    backstage_folder = folder / "backstage"
    backstage_folder.mkdir()
    with peers_installed(), ConnectedWorld(folder / "world", public_url) as world:
        world.enroll()
        world.wait_until_settled()
        backstage = Backstage(backstage_folder, world.url, SERVICE_TOKEN, image_factory_token=PROXY_TOKEN)
        world.connect(backstage.url)
        with backstage:
            yield Connected(world, backstage)
