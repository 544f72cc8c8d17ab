"""The end of a process: nothing new is begun, and what has begun ends within a limit."""

import math
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from provider.errors import ProviderError
from proxy.deadline import Monotonic

STOP_WITHIN = timedelta(seconds=20)
"""How long a process has to end after SIGTERM; Kubernetes and Compose kill it after 30 seconds or later."""

_EVERY_SECONDS = 0.25


class ServiceStops(ProviderError):
    """The process ends: this step was not begun. The next process does it."""


class Stopping:
    """Whether this process is to end, and how long it still has.

    Args:
        within: the limit, from the beginning of the end.
        clock: a monotonic clock.
    """

    def __init__(self, within: timedelta = STOP_WITHIN, clock: Monotonic = time.monotonic) -> None:
        self._within = within.total_seconds()
        self._clock = clock
        # A lock would wait for ever where the signal arrives while the same thread has it.
        self._ends_at: float | None = None

    def begin(self) -> None:
        """Begin the end; also from a handler of a signal. Further calls do nothing."""
        if self._ends_at is None:
            self._ends_at = self._clock() + self._within

    @property
    def begun(self) -> bool:
        """Whether nothing new may begin."""
        return self._ends_at is not None

    @property
    def left(self) -> float:
        """The seconds until the limit: all of them before the end has begun."""
        return self._within if self._ends_at is None else max(0.0, self._ends_at - self._clock())

    def monotonic(self) -> float:
        """The clock for the deadlines of steps. Once the end has begun, all of them have passed.

        So a step that is running begins no further request, waits for those that have begun, and records the answers.
        """
        return math.inf if self.begun else self._clock()

    def check(self) -> None:
        """Called before each step.

        Raises:
            ServiceStops: the end has begun.
        """
        if self.begun:
            raise ServiceStops("the service stops; the next start goes on with this")


NEVER_STOPS = Stopping()
"""Of a command that ends by itself."""


def wait_for_stop(stopping: Stopping) -> None:
    """Return when the end begins. In the main thread: the handlers of signals run in it, between two waits."""
    while not stopping.begun:
        time.sleep(_EVERY_SECONDS)


def at_the_limit(stopping: Stopping, end: Callable[[], None]) -> None:
    """Call `end` in a thread of its own when the limit has come and the process still lives."""
    threading.Thread(target=_watch, args=(stopping, end), name="stopping", daemon=True).start()


def _watch(stopping: Stopping, end: Callable[[], None]) -> None:
    wait_for_stop(stopping)
    time.sleep(stopping.left)
    end()
