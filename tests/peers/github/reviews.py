"""Pull requests and statuses of commits as the fake GitHub keeps them, and the controls over them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tests.peers.github.repository import Repository
from tests.peers.github.state import State


@dataclass(slots=True)
class PullRequest:
    """A pull request between branches of one repository; it is merged where `merged_at` is set."""

    id: int
    number: int
    repository: Repository
    head: str
    base: str
    head_sha: str
    title: str
    body: str
    user: str
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A status of a commit; the newest one of each context counts."""

    id: int
    sha: str
    state: str
    description: str | None
    target_url: str | None
    context: str
    creator: str
    created_at: datetime


class Reviews:
    """What people do with pull requests; repositories go by OWNER/NAME, and unknown ones raise KeyError."""

    state: State

    def pull_requests(self, full_name: str) -> list[PullRequest]:
        """All pull requests of a repository, oldest first."""
        with self.state.lock:
            return list(self.state.pulls.get(self.state.repositories[full_name.lower()].id, []))

    def merge(self, full_name: str, number: int) -> None:
        """Merge a pull request: its base gets its head."""
        with self.state.lock:
            found = self._pull(full_name, number)
            found.repository.branches[found.base] = found.head_sha
            found.state, found.merged_at = "closed", self.state.clock()
            found.updated_at = self.state.clock()

    def close_pull_request(self, full_name: str, number: int) -> None:
        """Close a pull request without merging it."""
        with self.state.lock:
            found = self._pull(full_name, number)
            found.state, found.updated_at = "closed", self.state.clock()

    def statuses(self, full_name: str) -> list[CommitStatus]:
        """All statuses of commits of a repository, oldest first."""
        with self.state.lock:
            return list(self.state.statuses.get(self.state.repositories[full_name.lower()].id, []))

    def _pull(self, full_name: str, number: int) -> PullRequest:
        return next(each for each in self.pull_requests(full_name) if each.number == number)
