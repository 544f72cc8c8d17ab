"""Many requests at once."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from proxy.at_once import AtOnce, Begun, Beside, NotEnded, NotStarted, begun_in_time, run_all
from proxy.deadline import Deadline
from tests.proxy.clocks import Clock


def test_results_come_as_they_are_ready() -> None:
    """A slow task does not delay the results of others."""
    slow = threading.Event()
    tasks: list[Callable[[], str]] = [lambda: "slow" if slow.wait(60) else "late", lambda: "quick"]
    results = run_all(tasks, 2)
    assert next(results) == (1, "quick")
    slow.set()

    assert list(results) == [(0, "slow")]


def test_no_more_run_at_once_than_there_are_threads() -> None:
    """Three threads run thirty tasks, each task once."""
    lock, running, most = threading.Lock(), [0], [0]

    def task() -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return 1

    assert sorted(run_all([task] * 30, 3)) == [(number, 1) for number in range(30)]
    assert most[0] <= 3


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), ValueError("Invalid IPv6 URL"), RecursionError(), KeyError("a")]
)
def test_any_error_of_one_task_is_its_result(error: Exception) -> None:
    """No exception of one task ends the others."""

    def broken() -> int:
        raise error

    assert dict(run_all([broken, lambda: 1, broken, lambda: 2], 2)) == {0: error, 1: 1, 2: error, 3: 2}


def test_what_has_arrived_by_the_deadline_is_there(clock: Clock) -> None:
    """A task that is still running has not ended, the next one is not started; nobody waits for either."""
    begun, released = threading.Event(), threading.Event()

    def hangs() -> str:
        begun.set()
        released.wait(60)
        return "late"

    def ends() -> str:
        assert begun.wait(60)
        clock.sleep(30)
        return "in time"

    found = list(run_all([hangs, ends, ends], 2, Deadline.after(30, clock.monotonic)))
    released.set()
    assert [found[0], *((number, type(result)) for number, result in found[1:])] == [
        (1, "in time"),
        (0, NotEnded),
        (2, NotStarted),
    ]


def test_nothing_starts_so_late_that_it_cannot_end(clock: Clock) -> None:
    """In the last five seconds no task begins, and nobody waits for these seconds to pass."""

    def task() -> int:
        clock.sleep(13)
        return 1

    found = list(run_all([task] * 4, 1, Deadline.after(30, clock.monotonic)))
    assert [number for number, result in found if result == 1] == [0, 1]
    assert [number for number, result in found if isinstance(result, NotStarted)] == [2, 3]


def test_closing_the_results_starts_no_more_tasks() -> None:
    """Tasks that were not started are never run, and the task under way is not waited for."""
    permits, started, ended = threading.Semaphore(2), [], threading.Event()

    def task() -> int:
        permits.acquire()
        started.append(1)
        return 1

    def last() -> int:
        ended.set()
        return 1

    results = run_all([*[task] * 1000, last], 1)
    next(results)
    results.close()
    permits.release(1000)

    assert not ended.wait(0)
    assert len(started) < 1000


def test_no_tasks_give_no_results() -> None:
    """Without tasks there is no thread and no result."""
    assert list(run_all([], 4)) == []


def test_tasks_can_be_put_while_others_run() -> None:
    """Each is run, at most so many at a time; who waits goes on when all have ended."""
    lock, running, most, ended = threading.Lock(), [0], [0], []
    tasks = AtOnce(3, Deadline.after(60))

    def task(number: int) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
            ended.append(number)

    for number in range(50):
        tasks.put(partial(task, number))
    tasks.wait()
    assert sorted(ended) == list(range(50))
    assert most[0] <= 3


def test_a_task_that_hangs_is_waited_for_until_the_deadline(clock: Clock) -> None:
    """Those behind it are not started any more."""
    begun, released, ended = threading.Event(), threading.Event(), []
    tasks = AtOnce(1, Deadline.after(30, clock.monotonic))

    def hangs() -> None:
        begun.set()
        released.wait(60)

    tasks.put(hangs)
    tasks.put(lambda: ended.append(1))
    assert begun.wait(60)
    clock.sleep(30)
    tasks.wait()
    released.set()
    assert ended == []


@pytest.mark.parametrize(("seconds", "begun"), [(0, 5), (10, 3), (30, 1), (1000, 1)])
def test_no_task_begins_after_the_deadline(seconds: float, begun: int) -> None:
    """Those that have begun are waited for, and the others did nothing."""
    clock, did = Clock(), []

    def task(name: str) -> str:
        clock.sleep(seconds)
        did.append(name)
        return name * 2

    found = begun_in_time("abcde", task, 1, Deadline.after(30, clock.monotonic))

    assert did == list("abcde")[:begun]
    assert list(found.items()) == [(name, name * 2 if name in did else Begun.NOT) for name in "abcde"]


def test_no_names_are_no_tasks() -> None:
    """There is nothing to begin."""
    assert begun_in_time([], str, 1, Deadline.after(30)) == {}


def test_tasks_run_beside_something_else() -> None:
    """Each result is taken once; what raises has its exception as result."""
    more = threading.Event()
    beside: Beside[int] = Beside(2, None)
    beside.put(0, lambda: 10)
    beside.put(1, lambda: 1 // 0)
    beside.put(2, lambda: 12 if more.wait(10) else 0)
    first = dict(beside.until(lambda: False, 0.5))
    assert first.pop(0) == 10
    assert isinstance(first.pop(1), ZeroDivisionError)
    assert not first
    more.set()
    assert list(beside.rest()) == [(2, 12)]
    assert list(beside.rest()) == []


def test_what_has_no_result_by_the_deadline_was_begun_or_not(clock: Clock) -> None:
    """No task is started in the last five seconds."""
    over = threading.Event()
    beside: Beside[bool] = Beside(1, Deadline.after(6, clock.monotonic))
    beside.put(0, lambda: over.wait(10))
    beside.put(1, lambda: True)
    clock.sleep(7)
    results = dict(beside.rest())
    over.set()
    assert isinstance(results[0], NotEnded)
    assert isinstance(results[1], NotStarted)
