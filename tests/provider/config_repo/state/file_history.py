"""The files of a config repository in memory, commit by commit, with a record of what was read."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from provider.config_repo.repository.config_repository import ConfigRepository


class FileHistory:
    """As much of a config repository as reading a commit needs.

    Attributes:
        read: the paths whose texts were read, in order.
        comparable: whether commits can be compared with earlier ones.
    """

    def __init__(self) -> None:
        self._commits: list[dict[str, str]] = []
        self.read: list[str] = []
        self.comparable = True

    @property
    def as_repository(self) -> ConfigRepository:
        """Itself, for readers."""
        return cast("ConfigRepository", self)

    def commit(self, changes: Mapping[str, str | None]) -> None:
        """Write these files (None: remove them)."""
        files = {**(self._commits[-1] if self._commits else {}), **changes}
        self._commits.append({path: text for path, text in sorted(files.items()) if text is not None})

    def head(self) -> str:
        """The position of the newest commit."""
        return str(len(self._commits) - 1)

    def files(self, position: str) -> dict[str, str]:
        """See ConfigRepository."""
        return {path: _id(text) for path, text in self._commits[int(position)].items()}

    def changed(self, before: str, position: str) -> dict[str, str | None] | None:
        """See ConfigRepository."""
        if not self.comparable:
            return None
        old, new = self.files(before), self.files(position)
        return {path: new.get(path) for path in sorted({*old, *new}) if old.get(path) != new.get(path)}

    def contents(self, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """See ConfigRepository."""
        for path, blob in files.items():
            text = self._commits[-1][path]
            assert _id(text) == blob
            self.read.append(path)
            yield path, text

    def small_texts(self, paths: Sequence[str], most_bytes: int) -> dict[str, str]:
        """See ConfigRepository."""
        return {path: text for path in paths if len(text := self._commits[-1][path]) <= most_bytes}


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
