"""Many callers at once, and a job that costs the same for one caller as for all: one of them does it for all."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from proxy.errors import Unavailable

Job = TypeVar("Job")
Done = TypeVar("Done")


@dataclass(slots=True)
class _Waiting(Generic[Job, Done]):
    job: Job
    result: Done | BaseException | None = None
    finished: threading.Event = field(default_factory=threading.Event)


class Combined(Generic[Job, Done]):
    """Runs the jobs of many threads together. Thread-safe.

    Args:
        run: does jobs, the oldest first, and returns for each its result or its error.
        seconds: how long a caller waits for its turn.
    """

    def __init__(self, run: Callable[[Sequence[Job]], Sequence[Done | BaseException]], seconds: float) -> None:
        self._run = run
        self._seconds = seconds
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Job, Done]] = []

    @property
    def waits(self) -> bool:
        """Whether more jobs wait."""
        with self._lock:
            return bool(self._waiting)

    def do(self, job: Job) -> Done:
        """Do the job, together with those that wait.

        Raises:
            Unavailable: others kept the turn for too long; the job was not done.
            Exception: the error of the job.
        """
        mine: _Waiting[Job, Done] = _Waiting(job)
        with self._lock:
            self._waiting.append(mine)
        if self._turn.acquire(timeout=self._seconds):
            try:
                if not mine.finished.is_set():
                    self._do_all()
            finally:
                self._turn.release()
        elif self._withdrawn(mine):
            raise Unavailable("earlier changes of the config repository are still being written; try again later")
        mine.finished.wait()
        if isinstance(mine.result, BaseException):
            raise mine.result
        return mine.result  # type: ignore[return-value]  # set before `finished`

    def _do_all(self) -> None:
        with self._lock:
            taken, self._waiting = self._waiting, []
        results: Sequence[Done | BaseException] = ()
        try:
            results = self._run([each.job for each in taken])
        except BaseException as error:
            results = [error] * len(taken)
            if not isinstance(error, Exception):
                raise
        finally:
            for each, result in zip(taken, results, strict=True):
                each.result = result
                each.finished.set()

    def _withdrawn(self, mine: _Waiting[Job, Done]) -> bool:
        """Take the job back, unless it has begun."""
        with self._lock:
            if mine not in self._waiting:
                return False
            self._waiting = [each for each in self._waiting if each is not mine]
            return True
