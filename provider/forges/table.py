"""The table of sites: each site's class."""

from typing import Protocol, Self

from catalog.addresses import Sites
from provider.adapter_parts import AdapterParts
from provider.forge_ports import Forge
from provider.forges.github import GitHubForge
from provider.forges.gitlab import GitLabForge


class OpenableForge(Forge, Protocol):
    """A site that composition can make."""

    @classmethod
    def of(cls, parts: AdapterParts, sites: Sites, address: str) -> Self | None:
        """The project of this git address; None for an address elsewhere, or without credentials for its API."""


FORGES: tuple[type[OpenableForge], ...] = (GitHubForge, GitLabForge)


def forge_of(parts: AdapterParts, sites: Sites, address: str) -> Forge | None:
    """The site that hosts the repository with this address; None where its API cannot be used."""
    return next((found for kind in FORGES if (found := kind.of(parts, sites, address))), None)
