"""A site of the config repository in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from provider.forge_ports import CommitMark, ProposedPullRequest, PullRequest, PullRequestState
from proxy.errors import OutsideFailure

_START = datetime(2026, 3, 1, tzinfo=UTC)


class FakeForge:
    """Implements `Forge`.

    Attributes:
        marks: every mark, oldest first, with its commit.
        proposed: every pull request that was opened, oldest first.
        tries: how often anything was asked.
    """

    def __init__(self) -> None:
        self.marks: list[tuple[str, CommitMark]] = []
        self.proposed: list[ProposedPullRequest] = []
        self.tries = 0
        self._states: list[PullRequestState] = []
        self._error: OutsideFailure | None = None

    def go_down(self, error: OutsideFailure | None) -> None:
        """Let everything raise this error; None: no more."""
        self._error = error

    def set_state(self, number: int, state: PullRequestState) -> None:
        """Merge or close one."""
        self._states[number - 1] = state

    def open(self, proposed: ProposedPullRequest) -> PullRequest:
        """See the port."""
        self._ask()
        for known in self._all():
            if known.branch == proposed.branch and known.state is PullRequestState.OPEN:
                return known
        self.proposed.append(proposed)
        self._states.append(PullRequestState.OPEN)
        return self._all()[-1]

    def pull_requests(self, prefix: str, base: str) -> Sequence[PullRequest]:
        """See the port."""
        self._ask()
        wanted = {index for index, each in enumerate(self.proposed) if each.base == base}
        return [each for each in reversed(self._all()) if each.number - 1 in wanted and each.branch.startswith(prefix)]

    def mark(self, commit: str, shown: CommitMark) -> None:
        """See the port."""
        self._ask()
        self.marks.append((commit, shown))

    def _ask(self) -> None:
        self.tries += 1
        if self._error:
            raise self._error

    def _all(self) -> list[PullRequest]:
        return [
            PullRequest(
                number,
                f"https://forge.example.com/pulls/{number}",
                self._states[number - 1],
                each.branch,
                each.title,
                _START + timedelta(minutes=number),
                _START + timedelta(minutes=number),
            )
            for number, each in enumerate(self.proposed, start=1)
        ]
