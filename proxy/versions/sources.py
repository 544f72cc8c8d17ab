"""The protocol of a version source, and the upstreams that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from catalog.reference import ImageReference
from proxy.cache import Cache
from proxy.cloud.ecr import AmazonClients
from proxy.docker_hub.api import DockerHubApi
from proxy.github.session import GitHubSession
from proxy.gitlab.session import GitLabSession
from proxy.ports import Registry
from proxy.versions.apis.own_hosts import OwnHosts
from proxy.versions.details.background import Background
from proxy.versions.face_query import QueryKey
from proxy.versions.listing import Listed
from proxy.versions.progress import Progress

PATIENCE_SECONDS = 1.0
"""How long a page waits for what has to be read; what takes longer is read on in the background."""

FRESH = timedelta(minutes=5)
"""How long a list of tags, or the digest of a tag, is used without a request."""


@dataclass(frozen=True, slots=True)
class Upstreams:
    """The clients that versions are read with.

    Attributes:
        cache: for the answers of all of them.
        registry: all registries by their own API.
        github: GitHub's API.
        docker_hub: Docker Hub's API; None: it is not asked, because a mirror serves docker.io.
        gitlab: the API of the GitLab in the settings.
        hosts: other APIs at the own hosts of registries.
        amazon: boto3's clients for ECR.
        background: runs what takes longer than a request waits.
        patience: seconds that a request waits for it.
        progress: how far lists were read.
    """

    cache: Cache
    registry: Registry
    github: GitHubSession
    docker_hub: DockerHubApi | None
    gitlab: GitLabSession
    hosts: OwnHosts
    amazon: AmazonClients
    background: Background[None]
    patience: float = PATIENCE_SECONDS
    progress: Progress = field(default_factory=Progress, init=False)


@dataclass(frozen=True, slots=True)
class TagPage:
    """One page of a tag list in its upstream's own shape.

    Attributes:
        document: the JSON document to send.
        links: relation to address, for a Link header; all addresses are our own.
        stale: the upstream has not confirmed it recently.
    """

    document: object
    links: Mapping[str, str]
    stale: bool


class VersionSource(Protocol):
    """One kind of registry. Safe to use from many threads.

    Every method that reads raises the errors of `proxy.ports.Registry` if there is no cached answer.
    """

    keys: Mapping[str, QueryKey]
    """The query keys that `page` accepts."""

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions of the reference's repository."""

    def page(self, reference: ImageReference, query: Mapping[str, str], address: str) -> TagPage:
        """One page of the repository's list in its upstream's own shape.

        Args:
            reference: the repository.
            query: checked values for `keys`.
            address: our own, without a query, for the links to other pages.
        """


class VersionSourceKind(Protocol):
    """A class in the table of sources for registries that their names tell."""

    def serves(self, host: str) -> bool:
        """Whether this class can list that registry's tags."""

    def __call__(self, upstreams: Upstreams) -> VersionSource:
        """The source over these upstreams."""


class ProductKind(Protocol):
    """A class in the table of products, which may be at any host."""

    def recognises(self, bearer: Mapping[str, str]) -> bool:
        """Whether these parameters of a Bearer challenge are those of this product."""

    def __call__(self, upstreams: Upstreams) -> VersionSource:
        """The source over these upstreams."""
