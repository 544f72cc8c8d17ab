"""Whether this thread may wait for another host. A web server gives such waits only some of its threads.

Without a limit, as in the worker and in commands, every thread may wait.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

TakePlace = Callable[[], int | None]
"""Takes a place, which the caller keeps: None if it has one, else the seconds after which to ask again."""


class NoPlace(Exception):
    """Too many requests of people wait for other hosts, or too many of this one; nothing was sent, and nothing failed.

    It is none of the failures of other hosts, so that no code keeps it as one.

    Attributes:
        retry_seconds: when to ask again.
    """

    def __init__(self, retry_seconds: int) -> None:
        super().__init__("too many requests wait for registries and other hosts at this moment; try again in a moment")
        self.retry_seconds = retry_seconds


_limit: ContextVar[TakePlace | None] = ContextVar("limit", default=None)


@contextlib.contextmanager
def limited_by(take: TakePlace) -> Iterator[None]:
    """What this thread does in the block waits for other hosts only with a place."""
    before = _limit.set(take)
    try:
        yield
    finally:
        _limit.reset(before)


def may_wait() -> bool:
    """Whether this thread has a place, or needs none; where it has none yet, one is taken."""
    take = _limit.get()
    return take is None or take() is None


def take_place() -> None:
    """Take a place, unless this thread has one or needs none; call it before a wait for another host.

    Raises:
        NoPlace: there is none.
    """
    take = _limit.get()
    if take is not None and (seconds := take()) is not None:
        raise NoPlace(seconds)
