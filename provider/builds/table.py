"""The table of build systems: each system's class."""

from typing import ClassVar, Protocol, Self

from provider.adapter_parts import AdapterParts
from provider.builds.github_actions import GitHubActions
from provider.builds.gitlab import GitLabPipelines
from provider.builds.webhook import WebhookBuilds
from provider.domain.enrollment import BuildSystem as SystemName
from provider.ports import BuildSystem


class NamedBuildSystem(BuildSystem, Protocol):
    """A build system, with its name in `build.system` of an enrollment."""

    system: ClassVar[SystemName]


class OpenableBuildSystem(NamedBuildSystem, Protocol):
    """A build system that composition can make."""

    @classmethod
    def of(cls, parts: AdapterParts) -> Self | None:
        """The build system, made from the parts of a process; None if the settings have no credentials for it."""


BUILD_SYSTEMS: tuple[type[OpenableBuildSystem], ...] = (GitHubActions, GitLabPipelines, WebhookBuilds)
