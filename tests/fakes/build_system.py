"""A build system in memory: it keeps the promises of the real ones, and its answers can be made to fail."""

import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from catalog.image import Conclusion
from provider.builds.one_by_one import runs_one_by_one
from provider.domain.build_request import (
    FILLED_INPUTS,
    BuildDescription,
    BuildRequest,
    Dispatched,
    Run,
    RunGroup,
    StartedBuild,
)
from provider.domain.enrollment import BuildSystem as SystemName
from proxy.errors import NotFound, OutcomeUnknown, OutsideFailure


@dataclass(frozen=True, slots=True)
class _Script:
    """The outcome of one dispatch: whether a run starts, and the error of the answer."""

    error: OutsideFailure
    starts: bool


class FakeBuildSystem:
    """Runs start as queued; the test finishes them.

    Attributes:
        dispatches: every request to dispatch, refused ones too, oldest first.
        looks: the request of every call of any method, oldest first.
        started: the requests that a run was started for, by the run's id.
        ids_shown: whether runs show our id.
        tells_runs: whether a dispatch answers the run's id.
        not_passed: what every dispatch answers as not declared.
        missing: the workflow does not exist.
    """

    system: ClassVar[SystemName] = "github-actions"

    def __init__(self, *, ids_shown: bool = True, tells_runs: bool = True, not_passed: tuple[str, ...] = ()) -> None:
        self.dispatches: list[BuildRequest] = []
        self.looks: list[BuildRequest] = []
        self.started: dict[str, BuildRequest] = {}
        self.ids_shown = ids_shown
        self.tells_runs = tells_runs
        self.not_passed = not_passed
        self.missing = False
        self._ids = itertools.count(1)
        self._runs: dict[str, Run] = {}
        self._scripts: deque[_Script] = deque()
        self._down: OutsideFailure | None = None

    def fail_next(self, error: OutsideFailure) -> None:
        """Let the next dispatch start no run and raise this error."""
        self._scripts.append(_Script(error, starts=False))

    def lose_next(self, *, started: bool) -> None:
        """Let the next dispatch have an unknown outcome; `find` shows whether its run started."""
        error = OutcomeUnknown("the build system's answer was lost; its run is looked for before it is repeated")
        self._scripts.append(_Script(error, starts=started))

    def go_down(self, error: OutsideFailure) -> None:
        """Let every method raise this error until `heal`."""
        self._down = error

    def heal(self) -> None:
        """Remove every scripted failure."""
        self._down = None
        self._scripts.clear()

    def finish(self, run_id: str, conclusion: Conclusion, at: datetime) -> None:
        """Complete a run."""
        run = self._runs[run_id]
        self._runs[run_id] = replace(run, status="completed", conclusion=conclusion, completed_at=at)

    def forget(self, run_id: str) -> None:
        """Delete a run."""
        del self._runs[run_id], self.started[run_id]

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port."""
        self._look(request)
        self.dispatches.append(request)
        script = self._scripts.popleft() if self._scripts else None
        if script is None or script.starts:
            run = self._start(request)
        if script is not None:
            raise script.error
        if self.tells_runs:
            return Dispatched(run.id, run.url, self.not_passed)
        return Dispatched(None, None, self.not_passed)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port: by id, else the only run of the same workflow since the request."""
        self._look(request)
        if self.ids_shown:
            found = [run_id for run_id, each in self.started.items() if each.rebuild_id == request.rebuild_id]
        else:
            found = [run_id for run_id, each in self.started.items() if _alike(each, request)]
        return self._runs[found[0]] if len(found) == 1 else None

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        self._look(request)
        return self.ids_shown

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port."""
        self._look(request)
        return self._runs.get(run_id)

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port: the builds of a repository are a group."""
        return RunGroup(request.source.repo)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port."""
        return runs_one_by_one(self, builds)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port."""
        self._look(request)
        if self.missing:
            raise NotFound(f"there is no {request.build.workflow} in {request.source.repo}")
        where = f"{request.source.repo}/{request.build.workflow}"
        return BuildDescription(where, startable=True, inputs=frozenset(FILLED_INPUTS) - frozenset(self.not_passed))

    def _look(self, request: BuildRequest) -> None:
        self.looks.append(request)
        if self._down is not None:
            raise self._down

    def _start(self, request: BuildRequest) -> Run:
        run_id = str(next(self._ids))
        run = Run(run_id, f"https://builds.example.com/runs/{run_id}", "queued", None)
        self.started[run_id], self._runs[run_id] = request, run
        return run


def _alike(started: BuildRequest, asked: BuildRequest) -> bool:
    same = (started.source.repo, started.build) == (asked.source.repo, asked.build)
    return same and started.requested_at >= asked.requested_at
