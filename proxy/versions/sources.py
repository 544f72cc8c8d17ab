"""What versions need from a kind of registry, and the upstreams that it is read with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from catalog.reference import ImageReference
from proxy.cache import Cache
from proxy.docker_hub.api import DockerHubApi
from proxy.github.session import GitHubSession
from proxy.ports import Registry
from proxy.versions.face_query import QueryKey
from proxy.versions.listing import Listed

FRESH = timedelta(minutes=5)
"""How long a list, or what a tag points to, is not asked for again."""


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Everything that versions are read from.

    Attributes:
        cache: between us and all of them.
        registry: all registries by their own API.
        github: GitHub's API.
        docker_hub: Docker Hub's API.
    """

    cache: Cache
    registry: Registry
    github: GitHubSession
    docker_hub: DockerHubApi


@dataclass(frozen=True, slots=True)
class TagPage:
    """One page of a tag list in its upstream's own shape.

    Attributes:
        document: what is sent as JSON.
        links: relation to address, for a Link header; all of them lead to us.
        stale: the upstream did not confirm it lately.
    """

    document: object
    links: Mapping[str, str]
    stale: bool


class VersionSource(Protocol):
    """One kind of registry. Safe to use from many threads.

    Every method that asks raises what `proxy.ports.Registry` does, where nothing old is kept.
    """

    keys: Mapping[str, QueryKey]
    """What may be asked of `page`."""

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions of the reference's repository."""

    def page(self, reference: ImageReference, asked: Mapping[str, str], address: str) -> TagPage:
        """One page of the repository's list as its upstream has it.

        Args:
            reference: the repository.
            asked: values for `keys`, checked.
            address: ours, without a query; other pages are there.
        """


class VersionSourceKind(Protocol):
    """A class in the table."""

    def serves(self, host: str) -> bool:
        """Whether this class knows how that registry lists its tags."""

    def __call__(self, upstreams: Upstreams) -> VersionSource:
        """The source over these upstreams."""
