"""Samples the memory of the service's processes."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from soak.evidence import MemorySample
from soak.world.processes import Supervised

_EVERY_SECONDS = 5.0
_SESSION = 3
_GIT = ("(git", "(git-remote-http")
_KILOBYTES = 1000


class MemorySampler:
    """A context manager: notes the memory of each process every five seconds, with its children but git."""

    def __init__(self, processes: Iterable[Supervised], note: Callable[[MemorySample], None]) -> None:
        self._processes, self._note = list(processes), note
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_sampling, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()

    def _keep_sampling(self) -> None:
        while not self._stopping.wait(_EVERY_SECONDS):
            for process in self._processes:
                if pid := process.pid:
                    self._note(MemorySample(process.program.name, pid, time.time(), megabytes(pid)))


def megabytes(session: int) -> float:
    """The memory of all processes of a session but git; its shared pages count once for each of them."""
    return sum(_resident(folder) for folder in _of_session(session)) / _KILOBYTES


def _of_session(session: int) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name may contain spaces and brackets: fields are counted from its end (proc(5)).
            name, _, rest = (folder / "stat").read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if rest.split()[_SESSION] == str(session) and not name.endswith(_GIT):
            yield folder


def _resident(folder: Path) -> float:
    """In kilobytes; 0 for a process that has ended meanwhile."""
    try:
        lines = (folder / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0.0)
