"""Dockerfiles from GitHub repositories, with PyGithub and the contents API."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider, repo_problem
from provider.ports import SourceFile
from provider.sources.file_text import file_text
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
        requester = SessionRequester(self._session, source.repo.partition("/")[0])
        return {path: _file(requester, source, path) for path in paths}


def _file(requester: SessionRequester, source: Source, path: str) -> SourceFile | Never:
    where = f"github:{source.repo}: {path} on {source.branch or 'the default branch'}"
    try:
        return SourceFile(file_text(read_file(requester, source.repo, path, source.branch), where))
    except Never as error:
        return error
