"""What the processes of the service use: samples of their memory, and their time on the processors."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from soak.evidence import MemorySample
from soak.world.processes import Supervised

_EVERY_SECONDS = 5.0
_SESSION = 3
_GIT = ("(git", "(git-remote-http")
_KILOBYTES = 1000
_NANOSECONDS = 1e9


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


@dataclass(frozen=True, slots=True)
class ProcessorTime:
    """What the threads of a session had of the processors, in seconds (Documentation/scheduler/sched-stats.rst).

    Attributes:
        used: the time that they ran.
        waited: the time that they could have run, and no processor was free.
    """

    used: float
    waited: float

    @classmethod
    def of(cls, session: int) -> "ProcessorTime":
        """Since its processes were started."""
        pairs = [_scheduled(thread) for folder in _of_session(session) for thread in folder.glob("task/*")]
        return cls(sum(used for used, _ in pairs), sum(waited for _, waited in pairs))

    def waiting_since(self, before: "ProcessorTime") -> float:
        """The share of the time in which they could run that they waited, from 0 to 1."""
        used, waited = self.used - before.used, self.waited - before.waited
        return waited / (used + waited) if used + waited > 0 else 0.0


def _of_session(session: int) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name may contain spaces and brackets: fields are counted from its end (proc(5)).
            name, _, rest = (folder / "stat").read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if rest.split()[_SESSION] == str(session) and not name.endswith(_GIT):
            yield folder


def _scheduled(thread: Path) -> tuple[float, float]:
    try:
        used, waited, _ = (thread / "schedstat").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0, 0.0
    return int(used) / _NANOSECONDS, int(waited) / _NANOSECONDS


def _resident(folder: Path) -> float:
    """In kilobytes; 0 for a process that has ended meanwhile."""
    try:
        lines = (folder / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0.0)
