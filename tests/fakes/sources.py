"""Sources in memory: files by repository and path, and scripted errors."""

import hashlib
from collections.abc import Mapping, Sequence

from provider.domain.enrollment import Source
from provider.ports import SourceFile
from proxy.errors import Never, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound, OutsideFailure


class FakeSources:
    """The sources of all providers.

    Attributes:
        texts: text by repository, branch (None: the default) and path.
        asked: the repository and the path of every file that was asked for, oldest first.
    """

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str | None, str], str] = {}
        self.asked: list[tuple[str, str]] = []
        self._errors: dict[str, OutsideFailure] = {}

    def put(self, repo: str, path: str, text: str, *, branch: str | None = None) -> None:
        """Write a file; a repository exists as soon as it has one."""
        self.texts[repo, branch, path] = text

    def remove(self, repo: str, path: str, *, branch: str | None = None) -> None:
        """Delete a file."""
        del self.texts[repo, branch, path]

    def fail(self, repo: str, error: OutsideFailure) -> None:
        """Let every read of this repository raise this error until `heal`."""
        self._errors[repo] = error

    def heal(self) -> None:
        """Remove every scripted error."""
        self._errors.clear()

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port."""
        self.asked += [(source.repo, path) for path in paths]
        if error := self._errors.get(source.repo):
            raise error
        return {path: self._file(source, path) for path in paths}

    def together(self, sources: Sequence[Source]) -> "FakeSources":  # noqa: ARG002 - each source is read alone
        """See the port."""
        return self

    def _file(self, source: Source, path: str) -> SourceFile | NotFound:
        text = self.texts.get((source.repo, source.branch, path))
        if text is None:
            return self._missing(source, path)
        return SourceFile(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())

    def _missing(self, source: Source, path: str) -> NotFound:
        if not any(repo == source.repo for repo, _, _ in self.texts):
            return NoSuchRepository(f"there is no repository {source.repo}")
        if source.branch and not any(key[:2] == (source.repo, source.branch) for key in self.texts):
            return NoSuchBranch(f"{source.repo} has no branch {source.branch}")
        return NoSuchFile(f"{source.repo} has no {path} on {source.branch or 'the default branch'}")
