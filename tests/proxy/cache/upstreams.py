"""An upstream that answers by a script, and waiting for a condition."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from proxy.cache import CacheEntry, Confirmed, Fetched

Said = Fetched | Confirmed | BaseException
MINUTE = timedelta(minutes=1)


class Upstream:
    """Pass it as `fetch`; it returns the answer in `says`, or raises the error in it.

    Attributes:
        says: the answer or the error from now on.
        asked: the old entry of every request, oldest first.
        open: while it is not set, requests wait.
    """

    def __init__(self, says: Said | None = None) -> None:
        self.says: Said = says or Fetched(b"one", MINUTE, '"1"')
        self.asked: list[CacheEntry | None] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, entry: CacheEntry | None) -> Fetched | Confirmed:
        """Answer one request."""
        self.asked.append(entry)
        assert self.open.wait(60), "the test never opened the upstream"
        if isinstance(self.says, BaseException):
            raise self.says
        return self.says


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition that another thread fulfils."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.001)
