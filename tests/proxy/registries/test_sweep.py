"""Many questions at once."""

import threading
from collections.abc import Callable

import pytest

from proxy.registries.sweep import run_all, with_preparations


def test_batches_are_prepared_ahead_of_their_questions() -> None:
    """The first two at once, each further one when the batch two before it begins."""
    items = ["a1", "a2", "b1", "c1", "d1"]
    ordered = list(with_preparations(items, str, ["a1", "b1", "c1", "d1"]))

    assert [f"+{key}" if item is None else item for item, key in ordered] == [
        "+a1", "+b1", "+c1", "a1", "a2", "+d1", "b1", "c1", "d1",
    ]  # fmt: skip


def test_results_come_as_they_are_ready() -> None:
    """A slow task holds nobody up."""
    slow = threading.Event()
    tasks: list[Callable[[], str]] = [lambda: "slow" if slow.wait(60) else "late", lambda: "quick"]
    results = run_all(tasks, 2)
    assert next(results) == "quick"
    slow.set()

    assert list(results) == ["slow"]


def test_no_more_run_at_once_than_there_are_threads() -> None:
    """Three threads for thirty tasks, and each task once."""
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


def test_an_unexpected_error_reaches_who_asked() -> None:
    """And no thread waits for ever."""

    def broken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(run_all([broken, lambda: 1], 2))


def test_who_stops_listening_stops_the_rest() -> None:
    """Tasks that were not started never are."""
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
    """Nothing to do is done at once."""
    assert list(run_all([], 4)) == []
