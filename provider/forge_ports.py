"""The site that hosts the config repository, GitHub or GitLab: its pull requests, and what it shows beside a commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class PullRequestState(StrEnum):
    """Waits for people; is part of the branch now; was closed without that."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of GitHub, or a merge request of GitLab.

    Attributes:
        branch: the branch that would be merged.
        updated_at: when anything of it last changed.
    """

    number: int
    url: str
    state: PullRequestState
    branch: str
    title: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProposedPullRequest:
    """A pull request to open; both branches exist in the repository, and `body` is Markdown."""

    branch: str
    base: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class CommitMark:
    """What is shown beside a commit: whether it was applied, in one short sentence, and where to read more."""

    success: bool
    description: str
    url: str


class Forge(Protocol):
    """The project of the config repository at its site.

    Every method raises:
        proxy.errors.Never: the site refuses, for example because the credentials lack a permission.
        proxy.errors.NotNow: the site does not answer now.
    """

    def open(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it; where one of the same branch is open already, that one.

        Raises:
            proxy.errors.PerhapsDone: it may be open; asking again does not open a second one.
        """

    def pull_requests(self, prefix: str, base: str) -> Sequence[PullRequest]:
        """The last pull requests into `base` of branches that begin with the prefix, in any state, newest first.

        Those of other repositories are left out: anybody may name a branch of a fork like that.
        """

    def mark(self, commit: str, shown: CommitMark) -> None:
        """Show this beside the commit, in place of what was shown before.

        Raises:
            proxy.errors.PerhapsDone: it may be shown.
        """
