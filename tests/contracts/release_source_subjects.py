"""The release sources under the contract: every line of the table with its peer, and the fake."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address
from provider.tracker.ports import ReleaseSource
from provider.tracker.sources.container import ContainerReleases
from provider.tracker.sources.git import GitReleases
from provider.tracker.sources.github import GitHubReleases
from proxy.errors import Refused, Unavailable
from proxy.registries.router import Registries
from proxy.secrets.registry_credentials import RegistryCredentials
from tests.fakes.registry import digest_of
from tests.fakes.release_sources import FakeReleaseSource
from tests.peers.git_server import GitServer
from tests.peers.github.server import GitHub
from tests.peers.images import push
from tests.peers.process import LOOPBACK
from tests.peers.registry import DockerRegistry
from tests.peers.registry_front import RegistryFront
from tests.provider.tracker.sources.git_tags import OldServer
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session
from tests.proxy.scripted import open_transport

NAME = "acme/portal"


class Subject(Protocol):
    """A repository `acme/portal` under the contract, without releases at first."""

    source: ReleaseSource

    def address(self, name: str = NAME) -> Address:
        """The address of a repository here."""

    def publish(self, version: str) -> str:
        """Publish a release; its hash, other than those of all others."""

    def go_down(self) -> None:
        """From now on polls fail for a passing cause."""

    def refuse(self) -> None:
        """From now on polls are forbidden."""


class FakeSubject:
    """The fake."""

    def __init__(self) -> None:
        self.fake = FakeReleaseSource()
        self.fake.put(NAME)
        self.source: ReleaseSource = self.fake

    def address(self, name: str = NAME) -> Address:
        """See the protocol."""
        return parse_address(name, RepositoryType.GITHUB)

    def publish(self, version: str) -> str:
        """See the protocol."""
        self.fake.put(NAME, FoundRelease(version, hash=digest_of(version)))
        return digest_of(version)

    def go_down(self) -> None:
        """See the protocol."""
        self.fake.fail(NAME, Unavailable(f"{NAME} cannot be asked now"))

    def refuse(self) -> None:
        """See the protocol."""
        self.fake.fail(NAME, Refused(f"{NAME} may not be read"))


class GitHubTagsSubject:
    """A repository without releases at the fake GitHub, of which tags are read."""

    def __init__(self, github: GitHub, source: ReleaseSource) -> None:
        self.github, self.source = github, source

    def address(self, name: str = NAME) -> Address:
        """See the protocol."""
        return parse_address(name, RepositoryType.GITHUB)

    def publish(self, version: str) -> str:
        """See the protocol."""
        commit = self.github.commit(NAME, {"version": version})
        self.github.add_tag(NAME, version)
        return commit

    def go_down(self) -> None:
        """See the protocol."""
        self.github.fail("GET /repos/", 503, times=100)

    def refuse(self) -> None:
        """See the protocol."""
        self.github.fail("GET /repos/", 403, message="Resource protected by organization SAML enforcement", times=100)


class GitHubSubject(GitHubTagsSubject):
    """Releases at the fake GitHub."""

    def publish(self, version: str) -> str:
        """See the protocol."""
        commit = super().publish(version)
        self.github.add_release(NAME, version)
        return commit


class GitSubject:
    """A real git server that requires a token."""

    def __init__(self, server: GitServer, source: ReleaseSource) -> None:
        self.server, self.source = server, source

    def address(self, name: str = NAME) -> Address:
        """See the protocol."""
        return parse_address(f"{self.server.url}/{name}.git", RepositoryType.GIT)

    def publish(self, version: str) -> str:
        """See the protocol."""
        commit = self.server.repositories.commit(NAME, {"version": version})
        self.server.repositories.run(NAME, "tag", version, commit)
        return commit

    def go_down(self) -> None:
        """See the protocol."""
        self.server.fail("POST", "git-upload-pack", 503, times=100)
        self.server.fail("GET", "info/refs", 503, times=100)

    def refuse(self) -> None:
        """See the protocol."""
        self.server.fail("POST", "git-upload-pack", 403, times=100)
        self.server.fail("GET", "info/refs", 403, times=100)


class ContainerSubject:
    """A real registry.

    Args:
        front: stands before it.
        source: asks it.
        host: its name in addresses.
    """

    def __init__(self, front: RegistryFront, source: ReleaseSource, host: str) -> None:
        self.front, self.source, self.host = front, source, host

    def address(self, name: str = NAME) -> Address:
        """See the protocol."""
        return parse_address(f"{self.host}/{name}", RepositoryType.CONTAINER)

    def publish(self, version: str) -> str:
        """See the protocol."""
        return push(self.front.url, NAME, [version], content=version).digest

    def go_down(self) -> None:
        """See the protocol."""
        self.front.fail("GET", "tags/list", 503, times=100)

    def refuse(self) -> None:
        """See the protocol."""
        self.front.fail("GET", "tags/list", 403, times=100)


@contextlib.contextmanager
def fake_subject(folder: Path) -> Iterator[Subject]:
    """The fake."""
    yield FakeSubject()


@contextlib.contextmanager
def github_subject(folder: Path, kind: type[GitHubTagsSubject] = GitHubSubject) -> Iterator[Subject]:
    """A repository at the fake GitHub."""
    with GitHub() as github:
        github.add_repository(NAME, {"README.md": "# Portal\n"})
        with open_session(github.url) as session:
            yield kind(github, GitHubReleases(session))
        assert github.breaches == []


@contextlib.contextmanager
def github_tags_subject(folder: Path) -> Iterator[Subject]:
    """A repository at the fake GitHub that has only tags."""
    with github_subject(folder, GitHubTagsSubject) as subject:
        yield subject


@contextlib.contextmanager
def git_subject(folder: Path, kind: type[GitServer] = GitServer) -> Iterator[Subject]:
    """A repository at a real git server."""
    with kind(folder) as server, open_transport(Clock(), LOOPBACK) as transport:
        server.anonymous_reading = True
        server.create(NAME, {"README.md": "# Portal\n"})
        yield GitSubject(server, GitReleases(transport))


@contextlib.contextmanager
def old_git_subject(folder: Path) -> Iterator[Subject]:
    """A repository at a real git server without protocol v2."""
    with git_subject(folder, OldServer) as subject:
        yield subject


@contextlib.contextmanager
def container_subject(folder: Path, host: str | None = None) -> Iterator[Subject]:
    """A repository at a real registry, with some invalid versions as tags, under another host's name if given."""
    with (
        DockerRegistry(folder) as registry,
        RegistryFront(registry.url) as front,
        open_transport(Clock(), LOOPBACK) as transport,
    ):
        push(front.url, NAME, ["latest", "nightly"], sign=True)
        mirrors = {host: front.url} if host else {}
        asked = Registries(transport, RegistryCredentials.load(None, {}), mirrors=mirrors)
        yield ContainerSubject(front, ContainerReleases(asked), host or front.host)


@contextlib.contextmanager
def docker_hub_subject(folder: Path) -> Iterator[Subject]:
    """A repository at Docker Hub, whose class is selected by its name."""
    with container_subject(folder, "docker.io") as subject:
        yield subject


@contextlib.contextmanager
def ghcr_subject(folder: Path) -> Iterator[Subject]:
    """A repository at GitHub's registry, whose class is selected by its name."""
    with container_subject(folder, "ghcr.io") as subject:
        yield subject


# A new line of the table needs its subject here.
SUBJECTS: dict[str, tuple[type[ReleaseSource], Callable[[Path], contextlib.AbstractContextManager[Subject]]]] = {
    "github releases": (GitHubReleases, github_subject),
    "github tags": (GitHubReleases, github_tags_subject),
    "git by protocol v2": (GitReleases, git_subject),
    "git by ls-remote": (GitReleases, old_git_subject),
    "container": (ContainerReleases, container_subject),
    "container at Docker Hub": (ContainerReleases, docker_hub_subject),
    "container at GHCR": (ContainerReleases, ghcr_subject),
    "fake": (FakeReleaseSource, fake_subject),
}
