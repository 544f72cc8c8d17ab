"""The table of registries: each kind's class, in the order in which `serves` is called."""

from typing import Protocol

from proxy.ports import Registry
from proxy.registries.docker_hub import DockerHub
from proxy.registries.ghcr import GitHubContainerRegistry
from proxy.registries.oci import OciRegistry
from proxy.registries.session import Session


class RegistryFactory(Protocol):
    """A class in the table: describes a host before any request, and creates the registry from a session."""

    def serves(self, host: str) -> bool:
        """Whether this class can read that registry."""

    def api_host(self, host: str) -> str:
        """The host of the registry's API."""

    def counts(self, method: str, path: str) -> bool:
        """Whether a request counts against the registry's own limit."""

    def __call__(self, session: Session) -> Registry:
        """The registry at the other end of a session."""


REGISTRIES: tuple[RegistryFactory, ...] = (
    DockerHub,
    GitHubContainerRegistry,
    OciRegistry,  # any registry that implements the distribution specification: stays last
)
