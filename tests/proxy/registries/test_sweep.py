"""Many requests at once."""

import threading
from collections.abc import Callable

import pytest

from proxy.registries.sweep import run_all, with_preparations


def test_batches_are_prepared_ahead() -> None:
    """The first two are prepared at once, each further one when the batch two before it begins."""
    items = ["a1", "a2", "b1", "c1", "d1"]
    ordered = list(with_preparations(items, str, ["a1", "b1", "c1", "d1"]))

    assert [f"+{key}" if item is None else item for item, key in ordered] == [
        "+a1", "+b1", "+c1", "a1", "a2", "+d1", "b1", "c1", "d1",
    ]  # fmt: skip


def test_results_come_as_they_are_ready() -> None:
    """A slow task does not delay the results of others."""
    slow = threading.Event()
    tasks: list[Callable[[], str]] = [lambda: "slow" if slow.wait(60) else "late", lambda: "quick"]
    results = run_all(tasks, 2)
    assert next(results) == "quick"
    slow.set()

    assert list(results) == ["slow"]


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

    assert sum(run_all([task] * 30, 3)) == 30
    assert most[0] <= 3


def test_an_unexpected_error_reaches_the_caller() -> None:
    """No thread waits for ever."""

    def broken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(run_all([broken, lambda: 1], 2))


def test_closing_the_results_starts_no_more_tasks() -> None:
    """Tasks that were not started are never run."""
    permits, started = threading.Semaphore(1), []

    def task() -> int:
        permits.acquire()
        started.append(1)
        return 1

    results = run_all([task] * 1000, 1)
    next(results)
    closing = threading.Thread(target=results.close)
    closing.start()
    while closing.is_alive():
        permits.release()  # lets the task under way end
        closing.join(0.01)

    assert len(started) < 1000


def test_no_tasks_give_no_results() -> None:
    """Without tasks there is no thread and no result."""
    assert list(run_all([], 4)) == []
