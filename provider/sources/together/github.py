"""The files of many repositories at GitHub, read with GraphQL."""

import threading
from collections.abc import Iterable, Mapping, Sequence

from provider.domain.enrollment import DOCKERFILE_NAMES, Source
from provider.domain.source_address import repo_problem
from provider.ports import SourceFile, SourceRepository
from provider.sources.file_text import file_text
from proxy.errors import Never, NotNow, OutsideFailure
from proxy.github.files import no_such_file
from proxy.github.querying.many_files import FileAddress, FoundFile, read_many
from proxy.github.session import GitHubSession

FILES_OF_A_QUERY = 25
"""GitHub ends a query after ten seconds (docs, "Rate limits and query limits for the GraphQL API")."""


class GitHubBatch:
    """Reads many sources, 25 files with one query, when the first of them is asked for.

    Args:
        session: sends the queries.
        alone: reads what a query does not show.
        sources: that will be read.
    """

    def __init__(self, session: GitHubSession, alone: SourceRepository, sources: Iterable[Source]) -> None:
        self._alone = alone
        self._queries: dict[FileAddress, _Query] = {}
        owners: dict[str, dict[FileAddress, None]] = {}
        for source in sources:
            if repo_problem("github", source.repo) is None:
                owners.setdefault(owner_of(source).lower(), {}).update(dict.fromkeys(_expected(source)))
        for owner, addresses in owners.items():
            every = list(addresses)
            for start in range(0, len(every), FILES_OF_A_QUERY):
                query = _Query(session, owner, every[start : start + FILES_OF_A_QUERY])
                self._queries |= dict.fromkeys(query.addresses, query)

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port."""
        found = {path: self._found(source, path) for path in paths}
        alone = [path for path, file in found.items() if file is None]
        known = {path: file for path, file in found.items() if file is not None}
        return {**known, **self._alone.files(source, alone)} if alone else known

    def _found(self, source: Source, path: str) -> SourceFile | Never | None:
        address = FileAddress(source.repo, source.branch, path)
        query = self._queries.get(address)
        if query is None or (file := query.found().get(address)) is None:
            return None
        where = place_of(source, path)
        if file.content is None:
            return no_such_file(where)
        try:
            return SourceFile(file_text(file.content, where), file.commit)
        except Never as error:
            return error


class _Query:
    """One query, sent once, by the first thread that needs its answer."""

    def __init__(self, session: GitHubSession, owner: str, addresses: Sequence[FileAddress]) -> None:
        self._session = session
        self._owner = owner
        self.addresses = addresses
        self._lock = threading.Lock()
        self._answer: Mapping[FileAddress, FoundFile] | NotNow | None = None

    def found(self) -> Mapping[FileAddress, FoundFile]:
        """What it has found; empty if GitHub does not carry it out, and each file has to be asked for alone.

        Raises:
            NotNow: GitHub has named a time for the next request.
        """
        with self._lock:
            if self._answer is None:
                self._answer = self._ask()
        if isinstance(self._answer, NotNow):
            raise self._answer
        return self._answer

    def _ask(self) -> Mapping[FileAddress, FoundFile] | NotNow:
        try:
            return read_many(self._session, self._owner, self.addresses)
        except NotNow as error:
            return error if error.retry_at else {}
        except OutsideFailure:
            return {}


def _expected(source: Source) -> list[FileAddress]:
    """The files that are read first."""
    paths = [source.bake.file] if source.bake else source.dockerfiles or DOCKERFILE_NAMES[:1]
    return [FileAddress(source.repo, source.branch, path) for path in paths]


def place_of(source: Source, path: str) -> str:
    """A file of a source, for messages."""
    return f"github:{source.repo}: {path} on {source.branch or 'the default branch'}"


def owner_of(source: Source) -> str:
    """The user or organization of a source."""
    return source.repo.partition("/")[0]
