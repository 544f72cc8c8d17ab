"""A monorepo with thousands of runs at the fake GitHub, and a reader of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from proxy.cache import Cache
from proxy.github.actions import WorkflowRuns
from proxy.github.credentials import FixedToken
from proxy.github.kept_runs import KeptRuns
from proxy.github.run_types import RunPage, RunQuery
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.fakes.cache_storage import FakeCacheStorage
from tests.peers.github.controls import TOKEN
from tests.peers.github.runs import Conclusion, Run
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.proxy.clocks import Clock

MONOREPO = "acme/portal"
WORKFLOW, OTHER = "build.yml", "lint.yml"
BOTH = 2500
_CONCLUSIONS: tuple[Conclusion, ...] = ("success", "failure")


def add_monorepo(github: GitHub, count: int, newest: datetime, *, in_one_second: int = 1) -> None:
    """Add completed runs of two workflows in turn, several of them in each second."""
    github.add_repository(MONOREPO, FILES)
    for number in range(count):
        at = newest - timedelta(seconds=(count - 1 - number) // in_one_second)
        workflow = WORKFLOW if number % 2 == 0 else OTHER
        conclusion = _CONCLUSIONS[number // 2 % 2]
        github.add_run(MONOREPO, workflow, created_at=at.replace(microsecond=0), conclusion=conclusion)


@dataclass(slots=True)
class Reader:
    """The workflow runs of one process."""

    github: GitHub
    clock: Clock
    storage: FakeCacheStorage
    session: GitHubSession
    kept: KeptRuns
    runs: WorkflowRuns = field(init=False)

    def __post_init__(self) -> None:
        self.runs = WorkflowRuns(self.session, self.kept)

    def page(self, workflow: str = WORKFLOW, **wanted: Any) -> RunPage:
        """A page of the monorepo's runs; `wanted` are fields of `RunQuery`."""
        return self.runs.page(MONOREPO, workflow, RunQuery(**wanted))

    def all(self, **wanted: Any) -> list[int]:
        """The ids on every page of 100, in order; the total on the last page must be right."""
        ids: list[int] = []
        number, total = 1, 1
        while (number - 1) * 100 < total:
            page = self.page(page=number, size=100, **wanted)
            ids += [run.id for run in page.items]
            number, total = number + 1, page.total
        assert total == len(ids)
        return ids


def reader(github: GitHub, transport: Transport, clock: Clock) -> Reader:
    """A reader with a valid token."""
    storage = FakeCacheStorage(clock.now, most_bytes=100_000_000)
    kept = KeptRuns(Cache(storage, now=clock.now, sleep=clock.sleep), clock.now)
    session = GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)))
    return Reader(github, clock, storage, session, kept)


def newest_first(runs: list[Run]) -> list[int]:
    """The ids of these runs."""
    return [run.id for run in sorted(runs, key=lambda run: (run.created_at, run.id), reverse=True)]
