"""Tests of what the threads of a process do."""

import threading
from datetime import timedelta

import pytest

from provider.services.standstill.works import Works

MINUTE = timedelta(minutes=1)


def test_each_thread_gets_on_alone() -> None:
    """A sign of life of one says nothing about another one that hangs."""
    works, hangs, goes_on = Works(), threading.Event(), threading.Event()

    def hang() -> None:
        with works.doing("round", MINUTE):
            hangs.set()
            goes_on.wait(60)

    thread = threading.Thread(target=hang)
    thread.start()
    assert hangs.wait(60)
    with works.doing("follow", MINUTE):
        works.after(MINUTE)
        works.got_on()
        (round_, follow) = works.after(MINUTE)
    goes_on.set()
    thread.join()

    assert (round_.name, round_.silent) == ("round", 2 * MINUTE)
    assert (follow.name, follow.silent) == ("follow", MINUTE)
    assert works.after(MINUTE) == []


def test_where_a_thread_stands_is_a_line_of_the_code() -> None:
    """For the log: the innermost call is the last one."""
    works = Works()
    with works.doing("round", MINUTE):
        (work,) = works.after(MINUTE)
        assert work.stands_at().endswith("stands_at")
        assert "test_works.py" in work.stands_at()


def test_work_ends_with_its_error() -> None:
    """An error passes through, and nothing is left of the work; a sign of life without work is none."""
    works = Works()

    def fail() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        works.around("poll", MINUTE, fail)()
    works.got_on()
    assert works.after(MINUTE) == []
