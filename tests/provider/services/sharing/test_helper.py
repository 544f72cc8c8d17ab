"""The thread in which a worker does its shares."""

import logging
import threading
from datetime import timedelta

import pytest

from provider.services.sharing.helper import Helper
from provider.services.standstill.works import Works


def test_it_helps_until_it_is_stopped() -> None:
    """Turn after turn, each of which is noted for the watchdog."""
    works, turns, noted = Works(), threading.Semaphore(0), list[str]()

    def help_() -> None:
        noted.extend(work.name for work in works.after(timedelta()))
        turns.release()

    helper = Helper("help", timedelta(milliseconds=1), help_, works)
    helper.start()
    for _ in range(3):
        assert turns.acquire(timeout=30)
    assert helper.stop(30)
    assert noted == ["help"] * len(noted)


def test_a_failure_is_said_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """A later failure after a turn that succeeded is said again."""
    outcomes = [OSError("the disk is full"), ZeroDivisionError(), None, OSError("the disk is full")]

    def help_() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    helper = Helper("help", timedelta(seconds=10), help_, Works())
    for _ in range(4):
        helper.turn()
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in told] == [
        "help failed; it is tried again every 10 s, and logged once"
    ] * 2
    assert all(record.exc_info and isinstance(record.exc_info[1], OSError) for record in told)
