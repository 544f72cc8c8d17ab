"""The registry of the versions page: a docker-registry behind a proxy that counts requests and can refuse them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from catalog.image import Image, Role, Status
from tests.peers.exchange import SeenRequest
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront

IMAGE = "portal"
_REPOSITORY = "acme/portal"
_VERSIONS = 100


class VersionRegistry:
    """A registry with an image that has 100 versions.

    Attributes:
        image: the image in the service's database.
        settings: the settings with which the service uses this registry.
    """

    def __init__(self, folder: Path) -> None:
        """Prepare the registry without starting it.

        Raises:
            PeerMissing: docker-registry is not installed.
        """
        self._registry = DockerRegistry(folder)
        self._ends = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ends:
            registry = ends.enter_context(self._registry)
            for number in range(_VERSIONS):
                push(registry.url, _REPOSITORY, [f"1.{number}.0"], content=f"version {number}")
            self._front = ends.enter_context(RegistryFront(registry.url))
            self._ends = ends.pop_all()
        host = self._front.host
        self.settings = {"IMAGE_FACTORY_INSECURE_REGISTRIES": host}
        words = "Watched because images depend on it."
        owner = "group:default/platform"
        self.image = Image(IMAGE, Role.BASE, host, _REPOSITORY, "1.0.0", Status.WATCHED, words, owner)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ends.close()

    @contextlib.contextmanager
    def counting(self) -> Iterator[list[SeenRequest]]:
        """The requests that arrive until the end of the block; read it after the block."""
        seen: list[SeenRequest] = []
        self._front.log.clear()
        yield seen
        seen += self._front.log

    def go_down(self) -> None:
        """Refuse every new connection."""
        self._front.down()
