"""The changes of a commit: edits of texts, applied to the current texts. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provider.config_repo.layout import is_state

Edit = Callable[[str | None], str | None]
"""The current text of a file (None: there is no such file) -> its new text (None: remove it).

Pure: after a lost race it is called again on the newer text. It may raise; then nothing is written.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """The edit of one file; several changes of the same path are applied one after the other."""

    path: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Commit:
    """A pushed commit: its id and the changed paths, sorted."""

    sha: str
    paths: tuple[str, ...]


def replacing(text: str | None) -> Edit:
    """The edit that replaces any text with this one (None: removes the file)."""
    return lambda _: text


def rewritten(changes: Sequence[Change], texts: Mapping[str, str]) -> dict[str, str | None]:
    """The new text (None: removed) of each path that differs after the changes; `texts` has the existing files."""
    after: dict[str, str | None] = {change.path: texts.get(change.path) for change in changes}
    for change in changes:
        after[change.path] = change.edit(after[change.path])
    return {path: text for path, text in after.items() if text != texts.get(path)}


def is_state_batch(changes: Sequence[Change]) -> bool:
    """Whether the batch changes state (True) or configuration (False).

    Raises:
        ValueError: a path is unsafe, or the batch changes both, which may be on two branches.
    """
    for change in changes:
        check_path(change.path)
    kinds = {is_state(change.path) for change in changes}
    if len(kinds) > 1:
        raise ValueError("one commit changes configuration or state, not both; make two")
    return kinds == {True}


def check_path(path: str) -> None:
    """Refuse a path that could leave the repository or confuse git.

    Raises:
        ValueError: the path is absolute, has an empty part, '.', '..' or '.git', a backslash or control characters.
    """
    parts = path.split("/")
    odd = any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
    if odd or "\\" in path or not path.isprintable():
        raise ValueError(f"{path!r} is not a path inside the config repository; write it like state/images/name.yaml")
