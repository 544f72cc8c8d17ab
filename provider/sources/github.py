"""Dockerfiles from GitHub repositories: one with the contents API, many with one GraphQL query."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider, repo_problem
from provider.ports import SourceFile, SourceRepository
from provider.sources.file_text import file_text
from provider.sources.together.github import GitHubBatch, owner_of, place_of
from proxy.errors import Never, NotFound
from proxy.github.files import read_file
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession


class GitHubSource:
    """Reads each file with one request; a second one finds out what is missing. Safe to use from many threads."""

    provider: ClassVar[SourceProvider] = "github"

    def __init__(self, session: GitHubSession) -> None:
        self._session = session

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads every repository that the credentials of the service have access to."""
        return cls(parts.github)

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port. GitHub does not return the commit, so `revision` is None."""
        if problem := repo_problem("github", source.repo):
            raise NotFound(problem)
        requester = SessionRequester(self._session, owner_of(source))
        return {path: _file(requester, source, path) for path in paths}

    def together(self, sources: Sequence[Source]) -> SourceRepository:
        """See the port."""
        return GitHubBatch(self._session, self, sources) if len(sources) > 1 else self


def _file(requester: SessionRequester, source: Source, path: str) -> SourceFile | Never:
    try:
        return SourceFile(file_text(read_file(requester, source.repo, path, source.branch), place_of(source, path)))
    except Never as error:
        return error
