"""Tests of the watchdog, which ends a process that stands still."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from provider.errors import DatabaseGone
from provider.services.standstill import watchdog
from provider.services.standstill.watchdog import GONE_FOR, LAST_RESORT, STOOD_STILL, Watchdog
from provider.services.standstill.works import Works

ROOT = Path(__file__).parents[4]
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE

_HANGS = """
import logging, threading
from datetime import timedelta
from provider.composition.running.standstill import end_at_once
from provider.services import health
from provider.services.standstill import watchdog
from provider.services.standstill.works import Works

watchdog.TICK = watchdog.LAST_RESORT = health._SHORTEST = timedelta(seconds=0.1)
works = Works()

def hang():
    with works.doing("round", timedelta(seconds=0.1)):
        threading.Event().wait()

thread = threading.Thread(target=hang)
thread.start()
watchdog.Watchdog(works, lambda: None, print, end_at_once).start()
thread.join()
"""


class Dog:
    """A watchdog whose looks the test makes, with what it said and did."""

    def __init__(self) -> None:
        self.works = Works()
        self.problem: str | None = None
        self.told: list[str] = []
        self.ends = 0
        self.watchdog = Watchdog(self.works, lambda: self.problem, self.tell, self.end)

    def tell(self, problem: str) -> None:
        """Note it, as a database that is gone too."""
        self.told.append(problem)
        raise DatabaseGone("gone")

    def end(self) -> None:
        """Count the ends."""
        self.ends += 1


def test_what_stands_still_is_told_once_and_ends_the_process(caplog: pytest.LogCaptureFixture) -> None:
    """Within two of its periods by name and place, and a further period later the process ends."""
    dog = Dog()
    with dog.works.doing("round", QUARTER):
        dog.watchdog.look(2 * QUARTER)
        assert caplog.messages == []
        dog.watchdog.look(MINUTE)
        dog.watchdog.look(MINUTE)
        (line,) = caplog.messages
        assert line.startswith("round has stood still for 1860 s, at ")
        assert "test_watchdog.py" in line
        assert dog.ends == 0
        dog.watchdog.look(QUARTER)
        assert (dog.ends, len(caplog.messages)) == (1, 2)


def test_a_long_round_that_gets_on_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """However long it takes: a first look at ten thousand images takes a quarter of an hour."""
    dog = Dog()
    with dog.works.doing("round", MINUTE):
        for _ in range(60):
            dog.watchdog.look(MINUTE)
            dog.works.got_on()
    assert (dog.ends, caplog.messages) == (0, [])


def test_a_short_period_has_ten_minutes_after_the_first_word() -> None:
    """A git command that waits for its remote takes longer than two periods of following."""
    dog = Dog()
    with dog.works.doing("follow", timedelta(seconds=15)):
        dog.watchdog.look(2 * MINUTE + LAST_RESORT)
        assert dog.ends == 0
        dog.watchdog.look(MINUTE)
        assert dog.ends == 1


def test_own_files_that_are_gone_are_told_and_end_the_process(caplog: pytest.LogCaptureFixture) -> None:
    """Unless they are back in time; then the next time counts from its beginning."""
    dog = Dog()
    dog.problem = "data/jobs.db was removed while the worker was running"
    dog.watchdog.look(GONE_FOR)
    assert dog.told == [f"{dog.problem}; it starts again soon"]
    assert caplog.messages[0] == f"{dog.problem}; this process ends if it is not back within 120 s"
    dog.problem = None
    dog.watchdog.look(GONE_FOR)
    dog.problem = "data/jobs.db was removed while the worker was running"
    dog.watchdog.look(GONE_FOR)
    assert dog.ends == 0
    dog.watchdog.look(watchdog.TICK)
    assert dog.ends == 1


def test_a_process_whose_thread_hangs_ends_with_a_code() -> None:
    """Whatever its threads wait for."""
    ended = subprocess.run(
        [sys.executable, "-c", _HANGS], cwd=ROOT, timeout=120, capture_output=True, text=True, check=False
    )

    assert ended.returncode == STOOD_STILL, ended.stderr
    assert "round has stood still" in ended.stderr
