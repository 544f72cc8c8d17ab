"""Builds of a dry run: what would be started is read and noted, and nothing is started."""

from collections.abc import Mapping, Sequence

from provider.domain.build_request import BuildDescription, BuildRequest, Dispatched, Run, RunGroup, StartedBuild
from provider.ports import BuildSystem


class DescribedBuilds:
    """A build system that starts nothing; the others only answer questions.

    Args:
        builds: the build systems that are asked.

    Attributes:
        noted: the requests for which a build would be started, by the name of the image.
    """

    def __init__(self, builds: BuildSystem) -> None:
        self._builds = builds
        self.noted: dict[str, BuildRequest] = {}

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """Note the request; raises what `describe` raises."""
        self._builds.describe(request)
        self.noted[request.image] = request
        return Dispatched(None, None, ())

    def find(self, request: BuildRequest) -> Run | None:
        """See the port."""
        return self._builds.find(request)

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        return self._builds.shows_ids(request)

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port."""
        return self._builds.group(request)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port."""
        return self._builds.runs(builds)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port."""
        return self._builds.describe(request)
