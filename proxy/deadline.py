"""Deadlines: the moment by which something ends as a whole, however slowly its parts proceed."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

Monotonic = Callable[[], float]
"""A clock in seconds that nobody sets: `time.monotonic`."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a monotonic clock.

    Attributes:
        at: in seconds on that clock.
        monotonic: the clock.
    """

    at: float
    monotonic: Monotonic

    @classmethod
    def after(cls, seconds: float, monotonic: Monotonic = time.monotonic) -> Self:
        """The deadline this number of seconds from now."""
        return cls(monotonic() + seconds, monotonic)

    def later(self, seconds: float) -> "Deadline":
        """The deadline this number of seconds after it."""
        return Deadline(self.at + seconds, self.monotonic)

    @property
    def left(self) -> float:
        """The seconds until it; 0 once it has passed."""
        return max(0.0, self.at - self.monotonic())

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return self.left <= 0


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextlib.contextmanager
def ends_by(deadline: Deadline) -> Iterator[None]:
    """What this thread does in the block ends by the deadline, as far as it asks `time_left`.

    Sockets, connections and names are asked for by libraries that pass no deadline on, so it is kept beside them.
    """
    before = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(before)


def time_left(most: float) -> float:
    """The seconds that the next step may take: `most`, or what the current deadline leaves.

    Raises:
        TimeoutError: the deadline has passed.
    """
    deadline = _current.get()
    if deadline is None:
        return most
    if deadline.passed:
        raise TimeoutError("the time for the whole request is over")
    return min(most, deadline.left)
