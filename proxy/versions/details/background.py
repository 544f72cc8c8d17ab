"""Reads in the background: each thing once at a time, few of one registry at a time, and only what is still wanted."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from proxy.deadline import Deadline
from proxy.unexpected import failure_of

PER_REGISTRY = 4
"""Reads of one registry at a time: fewer than any registry gets, so that monitoring always has its part."""

WANTED_SECONDS = 30.0
"""How long after the last request for it something is still read."""


Found = TypeVar("Found")


@dataclass(slots=True)
class _OpenRead(Generic[Found]):
    """Something to read, and until when somebody wants it."""

    key: str
    task: Callable[[], Found]
    done: Future[Found]
    wanted: Deadline


class Background(Generic[Found]):
    """Runs reads, those of a registry in their order. Safe to use from many threads.

    A thread ends when its registry has nothing left to read. The threads end with the process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, _OpenRead[Found]] = {}
        self._waiting: defaultdict[str, deque[_OpenRead[Found]]] = defaultdict(deque)
        self._threads: defaultdict[str, int] = defaultdict(int)

    def read(self, registry: str, key: str, task: Callable[[], Found]) -> Future[Found]:
        """Run the task soon, unless a task of this key is waiting or running already; then that one goes on.

        Args:
            registry: the host that it reads from.
            key: what it reads.
            task: reads it; a failure that nobody foresaw is logged.

        Returns:
            Done as soon as the task has ended, with its result or OutsideFailure; cancelled if nobody wanted it any
            more.
        """
        with self._lock:
            known = self._open.get(key)
            if known is not None:
                known.wanted = Deadline.after(WANTED_SECONDS)
                return known.done
            read = self._open[key] = _OpenRead(key, task, Future(), Deadline.after(WANTED_SECONDS))
            self._waiting[registry].append(read)
            if self._threads[registry] < PER_REGISTRY:
                self._threads[registry] += 1
                threading.Thread(target=self._run, args=(registry,), name="versions", daemon=True).start()
            return read.done

    def reads(self, key: str) -> bool:
        """Whether a task of this key is waiting or running."""
        with self._lock:
            return key in self._open

    def _run(self, registry: str) -> None:
        while read := self._next(registry):
            end = _left_out(read.done) if read.wanted.passed else _tried(read)
            with self._lock:
                del self._open[read.key]
            end()

    def _next(self, registry: str) -> _OpenRead[Found] | None:
        with self._lock:
            if self._waiting[registry]:
                return self._waiting[registry].popleft()
            self._threads[registry] -= 1
            if not self._threads[registry]:
                del self._threads[registry], self._waiting[registry]
            return None


def _left_out(done: Future[Found]) -> Callable[[], None]:
    """Cancels it."""

    def end() -> None:
        done.cancel()
        done.set_running_or_notify_cancel()

    return end


def _tried(read: _OpenRead[Found]) -> Callable[[], None]:
    """Run the task; the answer gives its end to those who wait."""
    try:
        found = read.task()
    except Exception as error:  # noqa: BLE001 - the next read has nothing to do with it
        return partial(read.done.set_exception, failure_of(read.key, error))
    return partial(read.done.set_result, found)
