"""Read the state files of a checkout from its folder, without git."""

from collections.abc import Iterator
from pathlib import Path

from provider.config_repo.layout import StateFile, StateRole, meaning_of, state_folder
from provider.config_repo.state.documents import MOST_BYTES, InvalidState
from provider.config_repo.state.files import Content, StateFiles, read_file


def read_state_folder(folder: Path) -> StateFiles:
    """The contents of all state files in the checkout; none where it has no state.

    Args:
        folder: the checkout; files that are no state files are ignored.
    """
    return StateFiles().after({file: _content(path, file) for path, file in _files(folder)})


def _files(folder: Path) -> Iterator[tuple[Path, StateFile]]:
    for archived in (False, True):
        for role in StateRole:
            for path in sorted((folder / state_folder(role, archived=archived)).glob("*.yaml")):
                if isinstance(meaning := meaning_of(path.relative_to(folder).as_posix()), StateFile):
                    yield path, meaning


def _content(path: Path, file: StateFile) -> Content:
    try:
        with path.open("rb") as opened:
            # One byte more than allowed shows that the file is too large.
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        return InvalidState(f"this file cannot be read: {error.strerror}")
    return read_file(file, content.decode(errors="surrogateescape"))
