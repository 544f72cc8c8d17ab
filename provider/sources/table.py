"""The table of sources: each provider's class."""

from typing import ClassVar, Protocol, Self

from provider.adapter_parts import AdapterParts
from provider.domain.source_address import SourceProvider
from provider.ports import ManySources
from provider.sources.git import GitSource
from provider.sources.github import GitHubSource
from provider.sources.gitlab import GitLabSource


class NamedSource(ManySources, Protocol):
    """A provider of sources, with its name in `source.provider` of an enrollment."""

    provider: ClassVar[SourceProvider]


class OpenableSource(NamedSource, Protocol):
    """A provider of sources that composition can make."""

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """The provider, made from the parts of a process."""


SOURCES: tuple[type[OpenableSource], ...] = (GitHubSource, GitLabSource, GitSource)
