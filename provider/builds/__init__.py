"""Build systems: one file and one class a system, and one line in the table below.

In: a `BuildRequest`. Out: a run that was started, found or followed. Start in `github_actions.py`.
"""

from typing import ClassVar, Protocol

from provider.builds.github_actions import GitHubActions
from provider.domain.enrollment import BuildSystem as SystemName
from provider.ports import BuildSystem


class NamedBuildSystem(BuildSystem, Protocol):
    """A build system and the name that an enrollment has for it in `build.system`."""

    system: ClassVar[SystemName]


BUILD_SYSTEMS: tuple[type[NamedBuildSystem], ...] = (GitHubActions,)
