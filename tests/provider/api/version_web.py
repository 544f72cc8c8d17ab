"""The web part with versions from fakes or peers."""

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from catalog.image import Image
from provider.api.upstreams import RegistryUpstream
from provider.auth.access import Access
from provider.composition.flask_app import create_web
from proxy.secrets.redactor import Redactor
from tests.contracts.version_world import World
from tests.provider.web_images import MemoryIndex, Parts

PUBLIC_URL = "https://factory.example"


def client_of(world: World, images: Iterable[Image], redactor: Redactor | None = None) -> FlaskClient:
    """A client on this machine."""
    return registry_web(world, MemoryIndex(images), redactor or Redactor([]), Access()).test_client()


def registry_web(world: World, index: MemoryIndex, redactor: Redactor, access: Access) -> Flask:
    """The web part with versions."""

    def now() -> datetime:
        return world.clock.at

    return create_web(
        index,
        Parts(),
        access,
        now=now,
        public_url=PUBLIC_URL,
        version="1.2.3",
        registries=RegistryUpstream(world.versions, redactor),
    )
