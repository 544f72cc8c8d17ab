"""What a commit changes: edits of texts, applied to what is there now. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provider.config_repo.layout import is_state

Edit = Callable[[str | None], str | None]
"""The file's text now (None: not there) -> its new text (None: remove it).

Pure: it is called again, on newer text, after a lost race. It may raise: then nothing at all is written.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One file's edit; several changes of the same path are applied one after the other."""

    path: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Commit:
    """What was committed and pushed: its id and the paths that differ, sorted."""

    sha: str
    paths: tuple[str, ...]


def replacing(text: str | None) -> Edit:
    """The edit that puts the text (None: nothing) there, whatever was there."""
    return lambda _: text


def rewritten(changes: Sequence[Change], texts: Mapping[str, str]) -> dict[str, str | None]:
    """The new text (None: removed) of each path that differs after the changes; `texts` holds the files there are."""
    after: dict[str, str | None] = {change.path: texts.get(change.path) for change in changes}
    for change in changes:
        after[change.path] = change.edit(after[change.path])
    return {path: text for path, text in after.items() if text != texts.get(path)}


def is_state_batch(changes: Sequence[Change]) -> bool:
    """True for a batch of state, False for one of configuration.

    Raises:
        ValueError: a path is unsafe, or the batch mixes the two, which could not be one commit on two branches.
    """
    for change in changes:
        check_path(change.path)
    kinds = {is_state(change.path) for change in changes}
    if len(kinds) > 1:
        raise ValueError("one commit changes configuration or state, not both; make two")
    return kinds == {True}


def check_path(path: str) -> None:
    """Refuse what could leave the repository or confuse git.

    Raises:
        ValueError: the path is absolute, has an empty part, '.', '..' or '.git', a backslash or control characters.
    """
    parts = path.split("/")
    odd = any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
    if odd or "\\" in path or not path.isprintable():
        raise ValueError(f"{path!r} is not a path inside the config repository; write it like state/images/name.yaml")
