"""Sources in memory: files by repository and path, and scripted errors."""

import hashlib

from provider.domain.enrollment import Source
from provider.ports import SourceFile
from proxy.errors import NotFound, OutsideFailure


class FakeSources:
    """The sources of all providers.

    Attributes:
        files: text by repository, branch (None: the default) and path.
        asked: every source that was asked for, oldest first.
    """

    def __init__(self) -> None:
        self.files: dict[tuple[str, str | None, str], str] = {}
        self.asked: list[Source] = []
        self._errors: dict[str, OutsideFailure] = {}

    def put(self, repo: str, path: str, text: str, *, branch: str | None = None) -> None:
        """Write a file; a repository exists as soon as it has one."""
        self.files[repo, branch, path] = text

    def remove(self, repo: str, path: str, *, branch: str | None = None) -> None:
        """Delete a file."""
        del self.files[repo, branch, path]

    def fail(self, repo: str, error: OutsideFailure) -> None:
        """Let every read of this repository raise this error until `heal`."""
        self._errors[repo] = error

    def heal(self) -> None:
        """Remove every scripted error."""
        self._errors.clear()

    def dockerfile(self, source: Source) -> SourceFile:
        """See the port."""
        self.asked.append(source)
        if error := self._errors.get(source.repo):
            raise error
        text = self.files.get((source.repo, source.branch, source.dockerfile))
        if text is None:
            raise NotFound(self._missing(source))
        return SourceFile(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())

    def _missing(self, source: Source) -> str:
        if not any(repo == source.repo for repo, _, _ in self.files):
            return f"there is no repository {source.repo}"
        if source.branch and not any(key[:2] == (source.repo, source.branch) for key in self.files):
            return f"{source.repo} has no branch {source.branch}"
        return f"{source.repo} has no {source.dockerfile} on {source.branch or 'the default branch'}"
