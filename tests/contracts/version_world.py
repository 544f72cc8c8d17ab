"""Versions over the peers: everything between `Versions` and the network is the product's own code."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from catalog.reference import ImageReference
from proxy.cache import Cache
from proxy.cloud.ecr import AmazonClients
from proxy.cloud.sending import LibrarySender
from proxy.docker_hub.api import DockerHubApi
from proxy.github.credentials import FixedToken
from proxy.github.session import GitHubSession
from proxy.gitlab.session import GitLabSession
from proxy.ports import Registry
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig, Login
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from proxy.version_types import VersionPage, VersionQuery
from proxy.versions.apis.own_hosts import OwnHosts
from proxy.versions.details.background import Background
from proxy.versions.sources import TagPage, Upstreams
from proxy.versions.versions import Versions
from tests.fakes.cache_storage import FakeCacheStorage
from tests.peers.docker_hub.controls import SECRET, USER
from tests.peers.github.controls import TOKEN
from tests.peers.token_server import DEFAULT_LOGIN
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

_PATIENCE = 60.0
# Seconds: the machine of a test can be slow, and its pages are complete.

NOWHERE = "http://127.0.0.1:9"
"""An address on which nothing listens."""

FAKE_HOST = "registry.example.com"
"""The host of a `FakeRegistry`."""


class World:
    """Versions, and the clock that they go by.

    Attributes:
        upstreams: what they are read from.
        versions: under test.
    """

    def __init__(self, clock: Clock, upstreams: Upstreams) -> None:
        self.clock = clock
        self.upstreams = upstreams
        self.versions = Versions(upstreams, clock.now)

    def page(
        self,
        image: str,
        *,
        q: str | None = None,
        semver: bool | None = None,
        page: int = 1,
        size: int = 20,
        refresh: bool = False,
    ) -> VersionPage:
        """One page of an image's versions."""
        return self.versions.page(ImageReference.parse(image), VersionQuery(q, semver, page, size, refresh))

    def raw(self, image: str, *query: tuple[str, str]) -> TagPage:
        """A page of an image's tags in its upstream's own shape."""
        return self.versions.tags(ImageReference.parse(image), query, "https://factory.example/tags")

    def tags(self, image: str, **query: object) -> list[str]:
        """The tags on one page."""
        return [version.tag for version in self.page(image, **query).items]  # type: ignore[arg-type]  # as `page`


@contextlib.contextmanager
def open_world(
    clock: Clock,
    *,
    github: str = NOWHERE,
    docker_hub: str | None = NOWHERE,
    gitlab: str = NOWHERE,
    mirrors: Mapping[str, str] | None = None,
    hosts: Sequence[str] = (),
    registry: Registry | None = None,
    signed_in: bool = True,
    patience: float = _PATIENCE,
) -> Iterator[World]:
    """Versions over these addresses.

    Args:
        clock: its time passes only where somebody waits.
        github: the API's address.
        docker_hub: the API's address; None: it is not asked.
        gitlab: GitLab's address.
        mirrors: registry host to the address that is used instead; each with `DEFAULT_LOGIN`.
        hosts: registries without a mirror that have `DEFAULT_LOGIN`.
        registry: in the place of real ones, which then have no other API.
        signed_in: with credentials for GitHub and Docker Hub.
        patience: seconds that a page waits for what is read in the background.
    """
    mirrored = [address.partition("://")[2] for address in (mirrors or {}).values()]
    logins = {host: Login(DEFAULT_LOGIN.user, DEFAULT_LOGIN.password) for host in (*mirrored, *hosts)}
    with open_transport(clock) as transport:
        token, user, secret = (Secret(TOKEN), USER, Secret(SECRET)) if signed_in else (None, None, None)
        credentials = RegistryCredentials(DockerConfig(auths=logins), {})
        registries = Registries(transport, credentials, mirrors={FAKE_HOST: NOWHERE} if registry else mirrors)
        storage = FakeCacheStorage(clock.now, most_bytes=50_000_000)
        upstreams = Upstreams(
            Cache(storage, now=clock.now, sleep=clock.sleep),
            registry or registries,
            GitHubSession(transport, github, FixedToken(token)),
            DockerHubApi(transport, docker_hub, user, secret) if docker_hub else None,
            GitLabSession(transport, gitlab, token),
            OwnHosts(transport, credentials, registries),
            AmazonClients(LibrarySender(lambda: transport), active=False),
            Background(),
            patience=patience,
        )
        yield World(clock, upstreams)
