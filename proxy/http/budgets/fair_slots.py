"""A limit of concurrent requests in which whoever waits longest is next.

With a semaphore, the threads of a long round take each slot again before a waiting thread wakes up: a page of versions
then waited until the round had ended.
"""

import threading
from collections import deque


class FairSlots:
    """A number of slots. Safe to use from many threads."""

    def __init__(self, number: int) -> None:
        self._lock = threading.Lock()
        self._free = number
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, timeout: float) -> bool:
        """Take a slot, after everybody who has waited longer; false if there was none within these seconds."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._lock:
            # The slot may have been handed over just after the wait had ended.
            if turn.is_set():
                return True
            self._waiting.remove(turn)
            return False

    def acquire_at_once(self) -> bool:
        """Take a slot if one is free; whoever waits comes first."""
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            return True

    def release(self) -> None:
        """Give a slot back, or hand it over to whoever waits longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
