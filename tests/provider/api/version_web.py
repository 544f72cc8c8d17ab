"""The web part with versions over fakes or peers."""

from collections.abc import Iterable
from datetime import datetime

from flask.testing import FlaskClient

from catalog.image import Image
from provider.api.registry_readers import RegistryReaders
from provider.auth.access import Access
from provider.web import create_web
from proxy.hiding import Hiding
from tests.contracts.version_world import World
from tests.provider.web_images import MemoryIndex, Parts

PUBLIC_URL = "https://factory.example"


def client_of(world: World, images: Iterable[Image], hiding: Hiding | None = None) -> FlaskClient:
    """A client at this machine."""

    def now() -> datetime:
        return world.clock.at

    app = create_web(
        MemoryIndex(images),
        Parts(),
        Access(),
        now=now,
        public_url=PUBLIC_URL,
        version="1.2.3",
        registries=RegistryReaders(world.versions, hiding or Hiding([])),
    )
    return app.test_client()
