"""Where releases are found: one file and one class a type of repository, and one line in the table below.

In: an address. Out: what it publishes now. Start in `github.py`; git's tags are asked by `git_wire.py`, else by git
itself.
"""

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
