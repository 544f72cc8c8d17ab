"""The Dockerfiles that `image-factory discover` reads: files as given, and those in folders."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAMES = re.compile(r"(?:Dockerfile|Containerfile)(?:\..+)?|.+\.(?:Dockerfile|dockerfile|Containerfile)")
_IGNORE_LIST = ".dockerignore"
_SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "vendor"})
"""Folders of version control and of other people's code."""


def searched(paths: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """The files of these paths in order, each with the reason why it cannot be looked into, if any.

    A folder stands for the Dockerfiles in it and in its folders, by name. Links to folders are not followed.
    """
    for path in paths:
        if path != "-" and Path(path).is_dir():
            yield from _in_folder(path)
        else:
            yield path, None


def _in_folder(folder: str) -> Iterator[tuple[str, str | None]]:
    problems: list[OSError] = []
    found = False
    for place, folders, files in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in sorted(files):
            file = Path(place, name)
            if _NAMES.fullmatch(name) and not name.endswith(_IGNORE_LIST) and file.is_file():
                found = True
                yield str(file), None
    for problem in problems:
        yield str(problem.filename), f"cannot be read: {problem.strerror}"
    if not found and not problems:
        yield folder, "no Dockerfile or Containerfile is in this folder"
