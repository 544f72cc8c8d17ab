"""Waits for a condition with a deadline."""

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Return when the condition is true; fail after the deadline, with what the test waited for."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        pause.wait(0.01)


def never(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Fail if the condition becomes true within some time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        assert not condition(), what
        pause.wait(0.01)
