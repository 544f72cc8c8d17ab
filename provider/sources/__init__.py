"""Where Dockerfiles come from: one file and one class a provider, and one line in the table below.

In: the source of an enrollment. Out: the text of its Dockerfile. Start in `router.py`; `git.py` reads any git
repository.
"""

from typing import ClassVar, Protocol

from provider.domain.source_address import SourceProvider
from provider.ports import SourceRepository
from provider.sources.git import GitSource
from provider.sources.github import GitHubSource


class NamedSource(SourceRepository, Protocol):
    """A provider of sources and the name that an enrollment has for it in `source.provider`."""

    provider: ClassVar[SourceProvider]


SOURCES: tuple[type[NamedSource], ...] = (GitHubSource, GitSource)
