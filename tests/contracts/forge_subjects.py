"""The sites of the config repository under the contract: every line of the table with its peer, and the fake."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from provider.forge_ports import Forge, PullRequestState
from provider.forges.github import GitHubForge
from provider.forges.gitlab import GitLabForge
from proxy.errors import Refused, Unavailable
from tests.fakes.forge import FakeForge
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.gitlab.server import GitLab
from tests.peers.gitlab.state import TOKEN as GITLAB_TOKEN
from tests.peers.gitlab.state import Token
from tests.proxy.github.sessions import open_session
from tests.proxy.gitlab.sessions import open_gitlab

NAME = "acme/config"
BRANCH = "image-factory/enroll-portal-1"


class ForgeSubject(Protocol):
    """A site under the contract, and control over its other end; `commit` is one of the repository."""

    forge: Forge
    commit: str

    def add_branch(self, name: str) -> None:
        """Push a branch with a change."""

    def merge(self, number: int) -> None:
        """A person merges it."""

    def close(self, number: int) -> None:
        """A person closes it."""

    def refuse(self) -> None:
        """Take the permission to change anything away."""

    def go_down(self) -> None:
        """Do not answer."""

    def lose_answer(self) -> None:
        """Open the next pull request, and lose the answer."""

    def bodies(self) -> list[str]:
        """The text of each pull request that was opened."""

    def marks(self) -> list[tuple[str, bool, str, str | None]]:
        """Each mark: commit, success, description and address."""


class FakeForgeSubject:
    """The fake."""

    commit = "c0"

    def __init__(self) -> None:
        self.fake = FakeForge()
        self.forge: Forge = self.fake

    def add_branch(self, name: str) -> None:
        """See the protocol; the fake has no branches."""

    def merge(self, number: int) -> None:
        """See the protocol."""
        self.fake.set_state(number, PullRequestState.MERGED)

    def close(self, number: int) -> None:
        """See the protocol."""
        self.fake.set_state(number, PullRequestState.CLOSED)

    def refuse(self) -> None:
        """See the protocol."""
        self.fake.go_down(Refused("the token may not change anything"))

    def go_down(self) -> None:
        """See the protocol."""
        self.fake.go_down(Unavailable("the site does not answer"))

    def lose_answer(self) -> None:
        """See the protocol; the fake loses nothing."""

    def bodies(self) -> list[str]:
        """See the protocol."""
        return [each.body for each in self.fake.proposed]

    def marks(self) -> list[tuple[str, bool, str, str | None]]:
        """See the protocol."""
        return [(commit, mark.success, mark.description, mark.url) for commit, mark in self.fake.marks]


class GitHubForgeSubject:
    """GitHub with the fake GitHub."""

    def __init__(self, github: GitHub, forge: Forge) -> None:
        self.github, self.forge = github, forge
        self.commit = github.commit(NAME, {"images.yaml": "- name: base\n"})

    def add_branch(self, name: str) -> None:
        """See the protocol."""
        self.github.commit(NAME, {"images.yaml": f"- name: {name}\n"}, branch=name)

    def merge(self, number: int) -> None:
        """See the protocol."""
        self.github.merge(NAME, number)

    def close(self, number: int) -> None:
        """See the protocol."""
        self.github.close_pull_request(NAME, number)

    def refuse(self) -> None:
        """See the protocol."""
        self.github.add_token(TOKEN, "reader", can_write=False)

    def go_down(self) -> None:
        """See the protocol."""
        self.github.fail("GET /repos", 503, times=9)
        self.github.fail("POST /repos", 429, {"Retry-After": "60"}, times=9)

    def lose_answer(self) -> None:
        """See the protocol."""
        self.github.lose_answer(f"POST /repos/{NAME}/pulls")

    def bodies(self) -> list[str]:
        """See the protocol."""
        return [each.body for each in self.github.pull_requests(NAME)]

    def marks(self) -> list[tuple[str, bool, str, str | None]]:
        """See the protocol."""
        found = self.github.statuses(NAME)
        assert all(each.context == "image-factory" for each in found)
        return [(each.sha, each.state == "success", each.description or "", each.target_url) for each in found]


class GitLabForgeSubject:
    """GitLab with the fake GitLab."""

    def __init__(self, gitlab: GitLab, forge: Forge) -> None:
        self.gitlab, self.forge = gitlab, forge
        self.project = gitlab.state.projects[NAME]
        self.commit = self.project.commit

    def add_branch(self, name: str) -> None:
        """See the protocol."""
        self.gitlab.commit(NAME, {"images.yaml": f"- name: {name}\n"}, branch=name)

    def merge(self, number: int) -> None:
        """See the protocol."""
        self.project.merge_requests[number - 1].state = "merged"

    def close(self, number: int) -> None:
        """See the protocol."""
        self.project.merge_requests[number - 1].state = "closed"

    def refuse(self) -> None:
        """See the protocol."""
        self.gitlab.state.tokens[GITLAB_TOKEN] = Token("reader", can_build=False)

    def go_down(self) -> None:
        """See the protocol."""
        self.gitlab.fail("GET /projects", 503, times=9)
        self.gitlab.fail("POST /projects", 429, {"Retry-After": "60"}, times=9)

    def lose_answer(self) -> None:
        """See the protocol."""
        self.gitlab.lose_answer("POST /projects/.*/merge_requests")

    def bodies(self) -> list[str]:
        """See the protocol."""
        return [each.description for each in self.project.merge_requests]

    def marks(self) -> list[tuple[str, bool, str, str | None]]:
        """See the protocol."""
        return [
            (each.sha, each.state == "success", each.description, each.target_url) for each in self.project.statuses
        ]


@contextlib.contextmanager
def gitlab_forge() -> Iterator[ForgeSubject]:
    """A project at the fake GitLab."""
    with GitLab() as gitlab:
        gitlab.add_project(NAME, {"images.yaml": "[]\n"})
        with open_gitlab(gitlab.site) as session:
            yield GitLabForgeSubject(gitlab, GitLabForge(session, NAME))
        assert gitlab.breaches == []


@contextlib.contextmanager
def fake_forge() -> Iterator[ForgeSubject]:
    """The fake."""
    yield FakeForgeSubject()


@contextlib.contextmanager
def github_forge() -> Iterator[ForgeSubject]:
    """A repository at the fake GitHub."""
    with GitHub() as github:
        github.add_repository(NAME, {"images.yaml": "[]\n"})
        with open_session(github.url) as session:
            yield GitHubForgeSubject(github, GitHubForge(session, NAME))
        assert github.breaches == []


# A new line of the table needs its subject here.
FORGE_SUBJECTS: dict[type[Forge], Callable[[], contextlib.AbstractContextManager[ForgeSubject]]] = {
    GitHubForge: github_forge,
    GitLabForge: gitlab_forge,
    FakeForge: fake_forge,
}
