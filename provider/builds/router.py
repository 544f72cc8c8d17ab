"""All build systems behind one port: each request goes to the build system that its enrollment names."""

from collections.abc import Iterable, Mapping, Sequence

from provider.builds.table import NamedBuildSystem
from provider.domain.build_request import BuildDescription, BuildRequest, Dispatched, Run, RunGroup, StartedBuild
from provider.ports import BuildSystem
from proxy.errors import NotConfigured


class BuildSystems:
    """The build system of each request.

    Args:
        systems: the build systems that have credentials.
    """

    def __init__(self, systems: Iterable[NamedBuildSystem]) -> None:
        self._systems = {system.system: system for system in systems}

    def of(self, request: BuildRequest) -> BuildSystem:
        """The build system that the request names.

        Raises:
            NotConfigured: it has no credentials.
        """
        name = request.build.system
        if found := self._systems.get(name):
            return found
        raise NotConfigured(f"build.system {name} has no credentials; set those that docs/settings.md names")

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port."""
        return self.of(request).dispatch(request)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port."""
        return self.of(request).find(request)

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        return self.of(request).shows_ids(request)

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port; one that has no credentials is a group of its own."""
        found = self._systems.get(request.build.system)
        return found.group(request) if found else RunGroup(request.rebuild_id)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port."""
        return self.of(builds[0].request).runs(builds)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port."""
        return self.of(request).describe(request)
