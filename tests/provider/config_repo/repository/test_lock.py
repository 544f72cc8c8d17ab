"""Tests of the lock of a checkout."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from provider.config_repo.repository.lock import CheckoutLock
from provider.errors import CheckoutInUse

ROOT = Path(__file__).parents[4]


class Clock:
    """Each sleep takes a second of this clock; at `ends_at` something happens, once."""

    def __init__(self, ends_at: float, end: Callable[[], None]) -> None:
        self._time = 0.0
        self._ends_at, self._end = ends_at, end

    def now(self) -> float:
        """Seconds."""
        return self._time

    def sleep(self, _seconds: float) -> None:
        """Advance one second; at the end time, wait a moment of real time, in which the process can end."""
        if self._time < self._ends_at:
            self._time += 1
            if self._time >= self._ends_at:
                self._end()
            return
        time.sleep(0.01)


def test_a_second_taker_is_refused(tmp_path: Path) -> None:
    """The message names the process and what to do."""
    lock = CheckoutLock.take(tmp_path / "config")

    with pytest.raises(CheckoutInUse, match=rf"process {os.getpid()}\b.*IMAGE_FACTORY_CONFIG_CHECKOUT"):
        CheckoutLock.take(tmp_path / "config", wait_seconds=0)
    lock.release()


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    """A second release does nothing, and does not close a descriptor that was opened since."""
    lock = CheckoutLock.take(tmp_path / "config")
    lock.release()
    other = os.open(tmp_path, os.O_RDONLY)
    lock.release()

    os.fstat(other)
    os.close(other)
    CheckoutLock.take(tmp_path / "config", wait_seconds=0).release()


def test_a_taker_waits_for_a_process_that_is_ending(tmp_path: Path) -> None:
    """A lock that becomes free within the time is taken."""
    lock = CheckoutLock.take(tmp_path / "config")
    pauses: list[float] = []

    def release(pause: float) -> None:
        pauses.append(pause)
        lock.release()

    CheckoutLock.take(tmp_path / "config", wait_seconds=60, sleep=release).release()
    assert len(pauses) == 1


def test_the_lock_lasts_as_long_as_a_process_that_inherited_it(tmp_path: Path) -> None:
    """A git that still runs after its service has ended keeps the lock until it ends."""
    lock = CheckoutLock.take(tmp_path / "config")
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    child = subprocess.Popen(waits, stdin=subprocess.PIPE, pass_fds=(lock.descriptor,))
    lock.release()

    with pytest.raises(CheckoutInUse):
        CheckoutLock.take(tmp_path / "config", wait_seconds=0)
    child.communicate()
    CheckoutLock.take(tmp_path / "config", wait_seconds=0).release()


def test_a_git_whose_service_was_killed_is_waited_for_longer(tmp_path: Path) -> None:
    """While only an orphan holds the lock, the next service waits as long as a git command may run."""
    takes = (
        "import subprocess, sys, pathlib; from provider.config_repo.repository.lock import CheckoutLock; "
        "lock = CheckoutLock.take(pathlib.Path(sys.argv[1])); "
        "subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'], pass_fds=(lock.descriptor,))"
    )
    reading, writing = os.pipe()
    subprocess.run([sys.executable, "-c", takes, str(tmp_path / "config")], stdin=reading, cwd=ROOT, check=True)
    os.close(reading)
    clock = Clock(ends_at=60, end=lambda: os.close(writing))

    lock = CheckoutLock.take(tmp_path / "config", wait_seconds=15, monotonic=clock.now, sleep=clock.sleep)

    assert clock.now() >= 60
    lock.release()


def test_an_orphan_that_never_ends_is_reported(tmp_path: Path) -> None:
    """After that time the message names the process, as for one that lives."""
    path = tmp_path / "config.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    os.write(descriptor, f"{ended.pid}\n".encode())
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    clock = Clock(ends_at=1_000, end=lambda: None)

    with pytest.raises(CheckoutInUse, match=rf"process {ended.pid}\b"):
        CheckoutLock.take(tmp_path / "config", wait_seconds=15, monotonic=clock.now, sleep=clock.sleep)
    os.close(descriptor)

    assert clock.now() >= 120


def test_asking_whether_a_lock_is_held_takes_and_makes_nothing(tmp_path: Path) -> None:
    """Neither a file nor the lock, so that a service may start meanwhile; an ended holder holds nothing."""
    checkout = tmp_path / "config"
    assert not CheckoutLock.is_held(checkout)
    assert list(tmp_path.iterdir()) == []

    lock = CheckoutLock.take(checkout)
    assert CheckoutLock.is_held(checkout)
    assert CheckoutLock.is_held(checkout)
    lock.release()
    assert not CheckoutLock.is_held(checkout)
    CheckoutLock.take(checkout, wait_seconds=0).release()
