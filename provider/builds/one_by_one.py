"""Asks for the runs of several builds with a request for each."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from provider.domain.build_request import BuildRequest, Run, StartedBuild


class OneRun(Protocol):
    """A build system that tells the state of one run."""

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """The current state of the run; None where the build system no longer knows it."""

    def find(self, request: BuildRequest) -> Run | None:
        """The run that a request started; None where there is none."""


def runs_one_by_one(system: OneRun, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
    """The state of each run, by rebuild id; see `BuildSystem.runs`."""
    return {
        build.request.rebuild_id: (
            system.find(build.request) if build.run_id is None else system.run(build.request, build.run_id)
        )
        for build in builds
    }
