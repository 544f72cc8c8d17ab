"""A small disk for a data folder, to fill it."""

import contextlib
import errno
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

_BLOCK = 64 * 1024


class SmallDisk:
    """A context manager: a tmpfs of its own where mounting is permitted, else an ordinary folder that cannot be filled.

    Attributes:
        folder: an existing folder on it.
        why_not: why it cannot be filled; empty: it can.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self.why_not = ""
        self._megabytes = megabytes
        self._mounted = False

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self._megabytes}m", "tmpfs", str(self.folder)]
        try:
            done = subprocess.run(mount, check=False, capture_output=True, text=True)
        except OSError as error:
            self.why_not = f"mount: {error}"
            return self
        self._mounted = done.returncode == 0
        self.why_not = "" if self._mounted else f"a tmpfs cannot be mounted here: {done.stderr.strip()}"
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._mounted:
            # Lazily: whatever still has a file open there keeps it.
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> int:
        """Take all of its free space; returns how many megabytes that were."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * _BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        return self._ballast.stat().st_size // 1_000_000

    def free(self) -> None:
        """Give the space back."""
        with contextlib.suppress(FileNotFoundError):
            self._ballast.unlink()

    @property
    def free_megabytes(self) -> int:
        """What is left on it."""
        return shutil.disk_usage(self.folder).free // 1_000_000
