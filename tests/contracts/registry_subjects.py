"""The registries under the contract: every line of the table with real registries, and the fake."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from catalog.reference import Digest, ImageReference
from proxy.errors import Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from proxy.ports import Registry
from proxy.registries.docker_hub import DockerHub
from proxy.registries.ghcr import GitHubContainerRegistry
from proxy.registries.router import Registries
from proxy.registries.table import RegistryFactory
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.images import delete, push
from tests.peers.process import LOOPBACK
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.peers.token_server import DEFAULT_LOGIN, TokenServer
from tests.peers.zuul_registry import ZuulRegistry

# Hosts whose classes are chosen by name; the mirror setting leads them to the real registry on loopback.
_NAMES: Mapping[RegistryFactory, str] = {DockerHub: "docker.io", GitHubContainerRegistry: "ghcr.io"}


@dataclass(frozen=True, slots=True)
class Published:
    """The digests of a published image: of the index or manifest, and of each platform's manifest."""

    digest: Digest
    platforms: Mapping[str, Digest]


class Subject(Protocol):
    """A registry under the contract, and control over its content.

    Attributes:
        registry: under test.
        knows_repositories: whether it differs between a repository without tags and one that it does not have.
    """

    registry: Registry
    knows_repositories: bool

    def reference(self, repository: str, tag: str | None = None, digest: Digest | None = None) -> ImageReference:
        """A reference into this registry."""

    def publish(
        self,
        repository: str,
        tags: Sequence[str],
        *,
        content: str = "",
        platforms: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> Published:
        """Push an image; with platforms an index, which has an attestation for each."""

    def remove(self, repository: str, digest: Digest) -> None:
        """Delete an image, with every tag on it."""

    def down(self) -> contextlib.AbstractContextManager[None]:
        """Make the registry unreachable during the block."""


class FakeSubject:
    """The fake."""

    knows_repositories = True

    def __init__(self) -> None:
        self.fake = FakeRegistry()
        self.registry: Registry = self.fake

    def reference(self, repository: str, tag: str | None = None, digest: Digest | None = None) -> ImageReference:
        """See the protocol."""
        return ImageReference("registry.example.com", repository, tag, digest)

    def publish(
        self,
        repository: str,
        tags: Sequence[str],
        *,
        content: str = "",
        platforms: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> Published:
        """See the protocol."""
        digest = digest_of(f"{repository} {content} {platforms} {labels}")
        layers = [digest_of(content)]
        for tag in tags:
            manifest = self.fake.put(
                self.reference(repository, tag), digest, platforms=platforms, labels=labels, layers=layers
            )
        return Published(digest, manifest.platforms)

    def remove(self, repository: str, digest: Digest) -> None:
        """See the protocol."""
        self.fake.remove(self.reference(repository, digest=digest))

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """See the protocol."""
        self.fake.go_down(Unavailable("registry.example.com refused the connection; retried later"))
        yield
        self.fake.heal()


class RealSubject:
    """A line of the table with a real registry that requires credentials.

    Args:
        kind: the line.
        url: of the registry.
        folder: for the auth file.
    """

    knows_repositories = True

    def __init__(self, kind: RegistryFactory, url: str, folder: Path) -> None:
        asked = url.partition("://")[2]
        host = _NAMES.get(kind, asked)
        auth_file = folder / "config.json"
        login = {"username": DEFAULT_LOGIN.user, "password": DEFAULT_LOGIN.password}
        auth_file.write_text(json.dumps({"auths": {asked: login}}))
        mirrors = {host: url} if host != asked else {}
        policy = AddressPolicy(insecure_registries=(LOOPBACK,)).with_mirrors(mirrors.values())
        self.transport = Transport(policy, now=lambda: datetime.now(UTC), sleep=lambda _: None)
        credentials = RegistryCredentials.load(auth_file, {})
        self.registry: Registry = Registries(self.transport, credentials, mirrors=mirrors)
        self._host, self._url = host, url

    def reference(self, repository: str, tag: str | None = None, digest: Digest | None = None) -> ImageReference:
        """See the protocol."""
        return ImageReference(self._host, repository, tag, digest)

    def publish(
        self,
        repository: str,
        tags: Sequence[str],
        *,
        content: str = "",
        platforms: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> Published:
        """See the protocol."""
        image = push(
            self._url,
            repository,
            tags,
            content=content,
            platforms=platforms or ("linux/amd64",),
            labels=labels,
            attest=bool(platforms),
            credentials=DEFAULT_LOGIN,
        )
        return Published(
            Digest(image.digest), {name: Digest(digest) for name, digest in image.platforms.items() if platforms}
        )


class DockerSubject(RealSubject):
    """With Debian's docker-registry."""

    def __init__(self, kind: RegistryFactory, front: RegistryFront, folder: Path) -> None:
        super().__init__(kind, front.url, folder)
        self._front = front

    def remove(self, repository: str, digest: Digest) -> None:
        """See the protocol."""
        delete(self._url, repository, digest, credentials=DEFAULT_LOGIN)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """See the protocol."""
        self._front.down()
        yield
        self._front.up()


class ZuulSubject(RealSubject):
    """With zuul-registry."""

    knows_repositories = False

    def __init__(self, kind: RegistryFactory, peer: ZuulRegistry, folder: Path) -> None:
        super().__init__(kind, peer.url, folder)
        self._peer = peer

    def remove(self, repository: str, digest: Digest) -> None:
        """See the protocol."""
        self._peer.remove(repository, digest)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """See the protocol."""
        self._peer.down()
        yield
        self._peer.up()


@contextlib.contextmanager
def docker_subject(kind: RegistryFactory, folder: Path) -> Iterator[RealSubject]:
    """A subject with its own registry: with tokens if the class is for a host that has them, otherwise with Basic."""
    with contextlib.ExitStack() as ends:
        if kind in _NAMES:
            registry = DockerRegistry(folder, tokens=ends.enter_context(TokenServer(folder)))
        else:
            registry = DockerRegistry(folder, login=DEFAULT_LOGIN)
        ends.enter_context(registry)
        subject = DockerSubject(kind, ends.enter_context(RegistryFront(registry.url)), folder)
        ends.callback(subject.transport.close)
        yield subject


@contextlib.contextmanager
def zuul_subject(kind: RegistryFactory, folder: Path) -> Iterator[RealSubject]:
    """A subject with another implementation of the same API; it has tokens of its own."""
    with ZuulRegistry(folder, login=DEFAULT_LOGIN, private=True) as registry:
        subject = ZuulSubject(kind, registry, folder)
        yield subject
        subject.transport.close()


@contextlib.contextmanager
def fake_subject(_: object, __: Path) -> Iterator[FakeSubject]:
    """The fake."""
    yield FakeSubject()
