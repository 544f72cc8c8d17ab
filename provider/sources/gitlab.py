"""Dockerfiles from GitLab projects, with the API for repository files."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider, repo_problem
from provider.ports import SourceFile
from provider.sources.file_text import file_text
from proxy.errors import Never, NotFound
from proxy.gitlab.files import read_file
from proxy.gitlab.session import GitLabSession


class GitLabSource:
    """Reads each file with one request. Safe to use from many threads."""

    provider: ClassVar[SourceProvider] = "gitlab"

    def __init__(self, session: GitLabSession) -> None:
        self._session = session

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads every project that the token of the service has access to; without one, public projects."""
        return cls(parts.gitlab)

    def together(self, sources: Sequence[Source]) -> Self:  # noqa: ARG002 - each source is read alone
        """See the port."""
        return self

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port."""
        if problem := repo_problem("gitlab", source.repo):
            raise NotFound(problem)
        return {path: self._file(source, path) for path in paths}

    def _file(self, source: Source, path: str) -> SourceFile | Never:
        where = f"gitlab:{source.repo}: {path} on {source.branch or 'the default branch'}"
        try:
            content, commit = read_file(self._session, source.repo, path, source.branch)
            return SourceFile(file_text(content, where), commit)
        except Never as error:
            return error
