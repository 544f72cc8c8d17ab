"""The sources under the contract: every line of the table with its peer, and the fake."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from provider.domain.enrollment import Source
from provider.ports import ManySources
from provider.sources.git import GitSource
from provider.sources.github import GitHubSource
from provider.sources.gitlab import GitLabSource
from proxy.errors import Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from tests.fakes.sources import FakeSources
from tests.peers.git_server import GitServer
from tests.peers.github.server import GitHub
from tests.peers.gitlab.server import GitLab
from tests.peers.process import LOOPBACK
from tests.proxy.github.sessions import open_session
from tests.proxy.gitlab.sessions import open_gitlab

NAME = "acme/portal"


class Subject(Protocol):
    """A repository `acme/portal` under the contract, with files on its default branch and on `develop`."""

    source: ManySources

    def at(self, branch: str | None = None, repo: str = NAME) -> Source:
        """A repository of this kind."""

    def commit(self, path: str, text: str, branch: str | None = None) -> None:
        """Write a file."""

    def go_down(self) -> None:
        """Make the next read fail for a transient cause."""

    def refuse(self) -> None:
        """Make the next read forbidden."""


class FakeSubject:
    """The fake."""

    def __init__(self) -> None:
        self.fake = FakeSources()
        self.source: ManySources = self.fake

    def at(self, branch: str | None = None, repo: str = NAME) -> Source:
        """See the protocol."""
        return Source("github", repo, branch=branch)

    def commit(self, path: str, text: str, branch: str | None = None) -> None:
        """See the protocol."""
        self.fake.put(NAME, path, text, branch=branch)

    def go_down(self) -> None:
        """See the protocol."""
        self.fake.fail(NAME, Unavailable(f"{NAME} cannot be asked now"))

    def refuse(self) -> None:
        """See the protocol."""
        self.fake.fail(NAME, Refused(f"{NAME} may not be read"))


class GitHubSubject:
    """The contents API of the fake GitHub."""

    def __init__(self, github: GitHub, source: ManySources) -> None:
        self.github, self.source = github, source

    def at(self, branch: str | None = None, repo: str = NAME) -> Source:
        """See the protocol."""
        return Source("github", repo, branch=branch)

    def commit(self, path: str, text: str, branch: str | None = None) -> None:
        """See the protocol."""
        self.github.commit(NAME, {path: text}, branch=branch)

    def go_down(self) -> None:
        """See the protocol."""
        self.github.fail("GET /repos/", 503, times=3)

    def refuse(self) -> None:
        """See the protocol."""
        self.github.fail("GET /repos/", 403, message="Resource protected by organization SAML enforcement")


class GitLabSubject:
    """The files API of the fake GitLab."""

    def __init__(self, gitlab: GitLab, source: ManySources) -> None:
        self.gitlab, self.source = gitlab, source

    def at(self, branch: str | None = None, repo: str = NAME) -> Source:
        """See the protocol."""
        return Source("gitlab", repo, branch=branch)

    def commit(self, path: str, text: str, branch: str | None = None) -> None:
        """See the protocol."""
        self.gitlab.commit(NAME, {path: text}, branch=branch)

    def go_down(self) -> None:
        """See the protocol."""
        self.gitlab.fail("GET /projects/", 503, times=3)

    def refuse(self) -> None:
        """See the protocol."""
        self.gitlab.fail("GET /projects/", 403, message="insufficient_scope")


class GitSubject:
    """git with a real git server that requires a token."""

    def __init__(self, server: GitServer, source: ManySources) -> None:
        self.server, self.source = server, source

    def at(self, branch: str | None = None, repo: str = NAME) -> Source:
        """See the protocol."""
        return Source("git", f"{self.server.url}/{repo}.git", branch=branch)

    def commit(self, path: str, text: str, branch: str | None = None) -> None:
        """See the protocol."""
        self.server.repositories.commit(NAME, {path: text}, branch=branch or "main")

    def go_down(self) -> None:
        """See the protocol."""
        self.server.fail("GET", "info/refs", 503)

    def refuse(self) -> None:
        """See the protocol."""
        self.server.fail("GET", "info/refs", 403)


@contextlib.contextmanager
def fake_subject(folder: Path) -> Iterator[Subject]:
    """The fake."""
    yield FakeSubject()


@contextlib.contextmanager
def github_subject(folder: Path) -> Iterator[Subject]:
    """A repository at the fake GitHub."""
    with GitHub() as github:
        github.add_repository(NAME, {"README.md": "# Portal\n"})
        with open_session(github.url) as session:
            yield GitHubSubject(github, GitHubSource(session))
        assert github.breaches == []


@contextlib.contextmanager
def gitlab_subject(folder: Path) -> Iterator[Subject]:
    """A project at the fake GitLab."""
    with GitLab() as gitlab:
        gitlab.add_project(NAME, {"README.md": "# Portal\n"}, private=True)
        with open_gitlab(gitlab.site) as session:
            yield GitLabSubject(gitlab, GitLabSource(session))
        assert gitlab.breaches == []


@contextlib.contextmanager
def git_subject(folder: Path) -> Iterator[Subject]:
    """A repository at a real git server."""
    with GitServer(folder) as server:
        server.anonymous_reading = True
        server.create(NAME, {"README.md": "# Portal\n"})
        policy = AddressPolicy(insecure_registries=(LOOPBACK,))
        yield GitSubject(server, GitSource(policy))


# A new line of the table needs its subject here.
SUBJECTS: dict[type[ManySources], Callable[[Path], contextlib.AbstractContextManager[Subject]]] = {
    GitHubSource: github_subject,
    GitLabSource: gitlab_subject,
    GitSource: git_subject,
    FakeSources: fake_subject,
}
