"""One process at a time in a checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider.config_repo.repository.lock import CheckoutLock
from provider.errors import CheckoutInUse


def test_a_second_taker_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    """The message names the process and what to do."""
    lock = CheckoutLock.take(tmp_path / "config")

    with pytest.raises(CheckoutInUse, match=rf"process {os.getpid()}\b.*IMAGE_FACTORY_CONFIG_CHECKOUT"):
        CheckoutLock.take(tmp_path / "config", wait_seconds=0)
    lock.release()


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    """Releasing twice is harmless, and frees no descriptor that somebody else got meanwhile."""
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
    """A git that outlives its service keeps the next service out until it has ended."""
    lock = CheckoutLock.take(tmp_path / "config")
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    child = subprocess.Popen(waits, stdin=subprocess.PIPE, pass_fds=(lock.descriptor,))
    lock.release()

    with pytest.raises(CheckoutInUse):
        CheckoutLock.take(tmp_path / "config", wait_seconds=0)
    child.communicate()
    CheckoutLock.take(tmp_path / "config", wait_seconds=0).release()
