"""What the threads of this process are doing, and for how long each has not got on with it."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps

_FRAMES = 4


@dataclass(frozen=True, slots=True)
class Work:
    """What one thread is doing.

    Attributes:
        name: the part of the worker.
        every: its period.
        silent: for how long it has not got on.
        thread: the identity of the thread.
    """

    name: str
    every: timedelta
    silent: timedelta
    thread: int

    def stands_at(self) -> str:
        """Where the thread is in the code, the innermost call last; "" if it has ended."""
        frame = sys._current_frames().get(self.thread)  # noqa: SLF001 - the documented way to read another thread
        calls = traceback.extract_stack(frame)[-_FRAMES:] if frame else []
        return ", ".join(f"{call.filename}:{call.lineno} {call.name}" for call in calls)


class Works:
    """Notes what each thread does; safe to use from many threads.

    Time is added by whoever watches, not read from a clock: a machine that was suspended, or whose clock was set, has
    no work that stands still.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[int, Work] = {}

    @contextmanager
    def doing(self, name: str, every: timedelta) -> Iterator[None]:
        """This thread does a turn of the part in the block."""
        thread = threading.get_ident()
        with self._lock:
            self._works[thread] = Work(name, every, timedelta(), thread)
        try:
            yield
        finally:
            with self._lock:
                self._works.pop(thread, None)

    def around(self, name: str, every: timedelta, work: Callable[[], object]) -> Callable[[], None]:
        """The work of a part, noted while it runs."""

        @wraps(work)
        def noted() -> None:
            with self.doing(name, every):
                work()

        return noted

    def got_on(self) -> None:
        """This thread got on with what it does; nothing where that is not noted."""
        thread = threading.get_ident()
        with self._lock:
            if work := self._works.get(thread):
                self._works[thread] = replace(work, silent=timedelta())

    def after(self, passed: timedelta) -> Sequence[Work]:
        """Add the time that passed, and return all work."""
        with self._lock:
            self._works = {thread: replace(work, silent=work.silent + passed) for thread, work in self._works.items()}
            return list(self._works.values())
