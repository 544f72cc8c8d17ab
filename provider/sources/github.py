"""Dockerfiles from GitHub repositories, with PyGithub and the contents API."""

from typing import ClassVar, Self

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider, repo_problem
from provider.ports import SourceFile
from provider.sources.dockerfile_text import dockerfile_text
from proxy.errors import NotFound
from proxy.github.files import read_file
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession


class GitHubSource:
    """Reads a file with one request; a second request finds out what is missing. Safe to use from many threads."""

    provider: ClassVar[SourceProvider] = "github"

    def __init__(self, session: GitHubSession) -> None:
        self._session = session

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads every repository that the credentials of the service have access to."""
        return cls(parts.github)

    def dockerfile(self, source: Source) -> SourceFile:
        """See the port. GitHub does not return the commit, so `revision` is None."""
        if problem := repo_problem("github", source.repo):
            raise NotFound(problem)
        requester = SessionRequester(self._session, source.repo.partition("/")[0])
        content = read_file(requester, source.repo, source.dockerfile, source.branch)
        where = f"github:{source.repo}: {source.dockerfile} on {source.branch or 'the default branch'}"
        return SourceFile(dockerfile_text(content, where))
