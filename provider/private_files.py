"""Files and folders that only the user of this process may read: the database, keys, and the config repository."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER_ALONE = 0o700
_FOR_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents for this user alone; existing ones stay as they are.

    Raises:
        OSError: it cannot be created.
    """
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    try:
        folder.mkdir(mode=_OWNER_ALONE)
    except FileExistsError:
        # Another process was faster, unless it is no folder.
        if not folder.is_dir():
            raise


@contextmanager
def private_umask() -> Iterator[None]:
    """Whatever this process and its children create during the block is for this user alone."""
    before = os.umask(_FOR_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def make_private(paths: Iterable[Path]) -> None:
    """Take the permissions of others away from those paths that exist and belong to this user.

    Paths are not opened: closing any descriptor of a SQLite file drops the locks of this process on it. Symbolic links
    are left alone.
    """
    for path in paths:
        try:
            found = path.lstat()
        except OSError:
            continue
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode) and found.st_mode & _FOR_OTHERS:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_FOR_OTHERS)
