"""A worker in a process of its own, killed at a moment: `killed.py REMOTE CHECKOUT RUNS MOMENT [hidden]`.

The company has one image that is due. RUNS is the build system: a line for each run that was started. With "never"
the worker is not killed and runs until everything has settled. Hidden: runs do not show our id.
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from provider.builds.one_by_one import runs_one_by_one
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.build_request import BuildRequest, Dispatched, Run, RunGroup, StartedBuild
from tests.fakes.registry import FakeRegistry
from tests.provider.config_repo.repository.steered import SteeredRepository
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, START, WINDOW, Company, enrolled

INTENT, ANSWER = "Rebuild portal", "Record the dispatch of portal"
MOMENTS = ("before-intent", "after-intent", "before-request", "after-request", "before-answer", "after-answer")
DUE = START + HOUR + 7 * DAY + WINDOW


class FileBuilds:
    """A build system that outlives the process: its runs are the lines of a file."""

    def __init__(self, runs: Path, *, hidden: bool = False, at: Callable[[str], None] = lambda _: None) -> None:
        self._runs = runs
        self._hidden = hidden
        self._at = at

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """Start a run: append a line."""
        self._at("before-request")
        with self._runs.open("a") as runs:
            runs.write(f"{request.rebuild_id}\n")
            runs.flush()
            os.fsync(runs.fileno())
        self._at("after-request")
        return Dispatched(request.rebuild_id, None)

    def find(self, request: BuildRequest) -> Run | None:
        """The line with the id; None where ids are hidden."""
        return None if self._hidden else self.run(request, request.rebuild_id)

    def shows_ids(self, request: BuildRequest) -> bool:  # noqa: ARG002 - the port's argument
        """Whether runs show their ids."""
        return not self._hidden

    def run(self, request: BuildRequest, run_id: str) -> Run | None:  # noqa: ARG002 - the port's argument
        """A run that never ends."""
        lines = self._runs.read_text().splitlines() if self._runs.exists() else []
        return Run(run_id, None, "queued", None) if run_id in lines else None

    def group(self, request: BuildRequest) -> RunGroup:
        """All builds of a repository."""
        return RunGroup(request.source.repo)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """The runs of these builds."""
        return runs_one_by_one(self, builds)


def company(store: GitSnapshotStore, builds: FileBuilds, first_id: int) -> Company:
    """A company in the state of the start."""
    made = Company(store=store, builds=builds, registry=FakeRegistry(), numbers=itertools.count(first_id))
    made.move(NODE, "node 0")
    made.have(enrolled("portal"))
    return made


def main(remote: str, checkout: str, runs: str, moment: str, hidden: str = "") -> None:
    """Run a round, and die at the moment."""

    def die_at(now: str) -> None:
        if now == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    repository = SteeredRepository.open(remote, checkout=Path(checkout), lock_seconds=60)
    assert isinstance(repository, SteeredRepository)
    repository.before = lambda message: die_at(_named("before", message))
    repository.after = lambda message: die_at(_named("after", message))
    builds = FileBuilds(Path(runs), hidden=bool(hidden), at=die_at)
    again = moment == "never"
    world = company(GitSnapshotStore(repository), builds, 100 if again else 1)
    world.move(NODE, "node 1")
    world.now = DUE + (timedelta(minutes=5) if again else timedelta())
    for _ in range(6 if again else 1):
        world.round.run()
        world.now += 2 * MINUTE
    repository.close()


def _named(when: str, message: str) -> str:
    return f"{when}-intent" if message.startswith(INTENT) else f"{when}-answer" if message.startswith(ANSWER) else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
