"""The table of release sources: each class, by type of repository."""

from typing import Protocol, Self

from provider.adapter_parts import AdapterParts
from provider.tracker.ports import ReleaseSource
from provider.tracker.sources.container import ContainerReleases
from provider.tracker.sources.git import GitReleases
from provider.tracker.sources.github import GitHubReleases


class OpenableReleaseSource(ReleaseSource, Protocol):
    """A release source that composition can make."""

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Made from the parts of a process."""


RELEASE_SOURCES: tuple[type[OpenableReleaseSource], ...] = (GitHubReleases, GitReleases, ContainerReleases)
