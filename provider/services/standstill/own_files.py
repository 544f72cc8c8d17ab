"""The files and folders that the worker keeps open: whether they are still at their places."""

from collections.abc import Iterable
from pathlib import Path


class OwnFiles:
    """Remembers which files were there when it was made."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._known = {path: _identity(path) for path in paths}

    def gone(self) -> str | None:
        """What is wrong with the first of them that was removed or replaced; None: nothing."""
        for path, known in self._known.items():
            if (found := _identity(path)) != known:
                what = "removed" if found is None else "replaced by another one"
                return f"{path} was {what} while the worker was running"
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
