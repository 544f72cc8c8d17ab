"""Many tasks at once, until a deadline. No task that hangs or raises in a daemon thread holds or ends the others."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import partial
from queue import Empty, SimpleQueue
from typing import Generic, Literal, TypeVar

from proxy.deadline import Deadline
from proxy.observing.context import carried

Result = TypeVar("Result")

# A task that begins later can hardly end by the deadline; it is not to be taken for one that does not answer.
_LAST_START_SECONDS = 5.0
# While so many tasks wait, results are taken in steps: to wake the caller for each costs more than many a task.
_MANY = 64
_LONGEST_WAIT = 60.0
_STEP_SECONDS = 0.01


class NotEnded(Exception):
    """A task was still running at the deadline."""


class NotStarted(Exception):
    """A task was not started before the deadline."""


def run_all(
    tasks: Sequence[Callable[[], Result]], threads: int, deadline: Deadline | None = None
) -> Generator[tuple[int, Result | Exception], None, None]:
    """Run every task, started in their order; results are yielded as they are ready.

    No exception of a task ends the others. After the deadline, tasks that are running are left to their daemon threads:
    each request has a deadline of its own. A generator that is closed early starts no more tasks.

    Args:
        tasks: called without arguments.
        threads: the most that run at a time.
        deadline: by which the last result is yielded; in its last 5 seconds no task is started. None: there is none.

    Yields:
        The number of each task, and its result or the exception that it raised; `NotEnded` or `NotStarted` for one that
        has no result by the deadline.
    """
    run = _Run(tasks, deadline)
    at_once = min(threads, len(tasks))
    for _ in range(at_once):
        threading.Thread(target=carried(run.work), name="sweep", daemon=True).start()
    missing = set(range(len(tasks)))
    try:
        for number, result in run.results(at_once):
            missing.discard(number)
            yield number, result
    finally:
        run.waiting.clear()
    for number in sorted(missing):
        yield number, NotEnded() if number in run.begun else NotStarted()


class _Run(Generic[Result]):
    def __init__(self, tasks: Sequence[Callable[[], Result]], deadline: Deadline | None) -> None:
        self._deadline = deadline
        self._done: SimpleQueue[tuple[int, Result | Exception] | None] = SimpleQueue()
        self.waiting = deque(enumerate(tasks))
        self.begun: set[int] = set()

    def work(self) -> None:
        """Run tasks until none is waiting; called in each thread."""
        try:
            while self._deadline is None or self._deadline.left > _LAST_START_SECONDS:
                try:
                    number, task = self.waiting.popleft()
                except IndexError:
                    return
                self.begun.add(number)
                self._done.put((number, _outcome(task)))
        finally:
            self._done.put(None)

    def results(self, threads: int) -> Iterator[tuple[int, Result | Exception]]:
        """The results until every thread has ended, or until the deadline."""
        while threads:
            if len(self.waiting) >= _MANY and self._done.empty():
                time.sleep(_STEP_SECONDS)
            try:
                done = self._done.get(timeout=self._deadline.left if self._deadline else None)
            except Empty:
                return
            if done is None:
                threads -= 1
            else:
                yield done


def _outcome(task: Callable[[], Result]) -> Result | Exception:
    try:
        return task()
    except Exception as error:  # noqa: BLE001 - the caller gets it as the result of this task
        return error


class AtOnce:
    """Runs tasks while its owner goes on and puts further ones. Safe to use from many threads.

    Args:
        threads: the most tasks that run at a time.
        deadline: in its last 5 seconds no task is started.
    """

    def __init__(self, threads: int, deadline: Deadline) -> None:
        self._most = threads
        self._deadline = deadline
        self._running = 0
        self._waiting: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()

    def put(self, task: Callable[[], None]) -> None:
        """Run a task, which raises nothing, as soon as fewer than `threads` are running."""
        with self._changed:
            self._waiting.append(carried(task))
            if self._running >= self._most:
                return
            self._running += 1
        threading.Thread(target=self._work, name="at-once", daemon=True).start()

    def wait(self) -> None:
        """Wait until every task has ended or the deadline has passed; start none after that."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running, self._deadline.left)
            self._waiting.clear()

    def _work(self) -> None:
        while task := self._next():
            task()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if self._waiting and self._deadline.left > _LAST_START_SECONDS:
                return self._waiting.popleft()
            self._running -= 1
            self._changed.notify_all()
            return None


class Beside(Generic[Result]):
    """Tasks that run while their owner does something else, and takes their results now and then.

    Args:
        threads: the most tasks that run at a time.
        deadline: in its last 5 seconds no task is started; None: there is none.
    """

    def __init__(self, threads: int, deadline: Deadline | None) -> None:
        self._deadline = deadline
        self._tasks = AtOnce(threads, deadline or Deadline.after(math.inf))
        self._done: SimpleQueue[tuple[int, Result | Exception]] = SimpleQueue()
        self._missing: dict[int, bool] = {}

    def put(self, number: int, task: Callable[[], Result]) -> None:
        """Start a task as soon as fewer than `threads` are running."""
        self._missing[number] = False
        self._tasks.put(partial(self._run, number, task))

    def until(self, enough: Callable[[], bool], seconds: float) -> Iterator[tuple[int, Result | Exception]]:
        """The numbers and results of what has ended, until it is enough, all have ended, or the time is over."""
        end = Deadline.after(seconds)
        while self._missing and not enough():
            try:
                number, result = self._done.get(timeout=end.left)
            except Empty:
                return
            del self._missing[number]
            yield number, result

    def rest(self) -> Iterator[tuple[int, Result | Exception]]:
        """What is left, at the deadline at the latest: `NotEnded` or `NotStarted` for what has no result by then."""
        while self._missing and (self._deadline is None or not self._deadline.passed):
            left = _LONGEST_WAIT if self._deadline is None else min(self._deadline.left, _LONGEST_WAIT)
            yield from self.until(lambda: False, left)
        for number, begun in sorted(self._missing.items()):
            yield number, NotEnded() if begun else NotStarted()

    def _run(self, number: int, task: Callable[[], Result]) -> None:
        self._missing[number] = True
        self._done.put((number, _outcome(task)))


class Begun(Enum):
    """What there is of a task that was not begun."""

    NOT = "not begun"


NotBegun = Literal[Begun.NOT]


def begun_in_time(
    names: Sequence[str], task: Callable[[str], Result], threads: int, deadline: Deadline
) -> dict[str, Result | NotBegun]:
    """One task for each name, many at once. None begins after a deadline; those that have begun are waited for.

    Each request has a deadline of its own, so a task that has begun ends too. If nobody waited for it, its request
    could be sent long after its answer was looked for, and would be sent twice.

    Args:
        names: one task each, begun in this order.
        task: called with a name.
        threads: the most that run at a time.
        deadline: no task begins after it.

    Returns:
        The result for each name, in their order; `Begun.NOT` for a task that certainly did nothing.
    """

    def unless_late(name: str) -> Result | NotBegun:
        return Begun.NOT if deadline.passed else task(name)

    if not names:
        return {}
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(names, pool.map(carried(unless_late), names), strict=True))
