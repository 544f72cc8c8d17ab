"""One step over the state at a time. A reaction goes before the next step of a round."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from provider.services.stopping import NEVER_STOPS, Stopping
from proxy.observing.spans import span


class Steps:
    """Gives turns to the steps of rounds and to reactions. A round of minutes holds a reaction up for one step.

    A thread that has the turn may take it again.

    Attributes:
        reactions: how many wait or run.

    Args:
        stopping: once the end of the process has begun, each turn is refused.
        got_on: called when a thread gets its turn, and when it gives it back.
    """

    def __init__(self, stopping: Stopping = NEVER_STOPS, got_on: Callable[[], object] = lambda: None) -> None:
        self._stopping = stopping
        self._got_on = got_on
        self._changed = threading.Condition()
        self._holder: int | None = None
        self.reactions = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The turn of one step of a round; it waits for every reaction that waits or runs.

        Args:
            name: of the step, for traces.

        Raises:
            ServiceStops: the process ends.
        """
        with self._turn(lambda: self._holder is None and not self.reactions), span(name):
            yield

    @contextmanager
    def reaction(self) -> Iterator[None]:
        """The turn of a reaction, with all its steps; it waits for the step that is running.

        Raises:
            ServiceStops: the process ends.
        """
        self._count(1)
        try:
            with self._turn(lambda: self._holder is None), span("reaction"):
                yield
        finally:
            self._count(-1)

    @contextmanager
    def _turn(self, free: Callable[[], bool]) -> Iterator[None]:
        this = threading.get_ident()
        if self._holder == this:
            yield
            return
        with self._changed:
            self._changed.wait_for(free)
            self._stopping.check()
            self._holder = this
        self._got_on()
        try:
            yield
        finally:
            with self._changed:
                self._holder = None
                self._changed.notify_all()
            self._got_on()

    def _count(self, more: int) -> None:
        with self._changed:
            self.reactions += more
            self._changed.notify_all()
