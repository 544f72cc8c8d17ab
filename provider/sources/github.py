"""Dockerfiles from repositories at GitHub, by its contents API."""

from typing import ClassVar, Self
from urllib.parse import quote

from provider.adapter_parts import AdapterParts
from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider, repo_problem
from provider.github_client import GitHubClients, NotAFile, ask, read_file
from provider.github_failures import Cause, GitHubFailure
from provider.ports import SourceFile
from provider.sources.dockerfile_text import dockerfile_text
from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable


class GitHubSource:
    """Reads by one request; a second one tells what is missing. Safe to use from many threads."""

    provider: ClassVar[SourceProvider] = "github"

    def __init__(self, clients: GitHubClients) -> None:
        self._clients = clients

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Reads what the service's own credentials may see."""
        return cls(parts.github_clients)

    def dockerfile(self, source: Source) -> SourceFile:
        """See the port. GitHub does not tell the commit, so `revision` is None."""
        if problem := repo_problem("github", source.repo):
            raise NotFound(problem)
        where = f"github:{source.repo}: {source.dockerfile} on {source.branch or 'the default branch'}"
        try:
            content = read_file(self._clients.of(_owner(source)), source.repo, source.dockerfile, source.branch)
        except NotAFile as error:
            raise NotFound(f"{where} {error}") from error
        except GitHubFailure as failure:
            raise self._failure(source, where, failure) from failure
        return SourceFile(dockerfile_text(content, where))

    def _failure(self, source: Source, where: str, failure: GitHubFailure) -> OutsideFailure:
        if failure.transient:
            return Unavailable(f"{where}: {failure.words}; tried again later", failure.retry_at)
        if failure.cause is not Cause.NOT_FOUND:
            return Refused(f"{where}: GitHub refused ({failure.status}): {failure.words}")
        if "No commit found" in failure.words:
            return NotFound(f"github:{source.repo} has no branch {source.branch or 'yet: it is empty'}")
        return self._missing(source, where)

    def _missing(self, source: Source, where: str) -> OutsideFailure:
        """GitHub answers 404 for a repository that the token may not see, too, so it is asked for on its own."""
        try:
            ask(self._clients.of(_owner(source)), "GET", f"/repos/{quote(source.repo)}")
        except GitHubFailure as failure:
            if failure.cause is Cause.NOT_FOUND:
                return NotFound(f"there is no repository github:{source.repo}, or the service's token may not see it")
            return self._failure(source, where, failure)
        return NotFound(f"{where} does not exist; check dockerfile and branch")


def _owner(source: Source) -> str:
    return source.repo.partition("/")[0]
