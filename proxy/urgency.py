"""Whether what this thread asks another host for can wait, so that people and builds are not kept waiting by it."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_can_wait: ContextVar[bool] = ContextVar("can_wait", default=False)


@contextlib.contextmanager
def patient() -> Iterator[None]:
    """What this thread asks for in the block can wait: where a host limits requests, others come first."""
    before = _can_wait.set(True)
    try:
        yield
    finally:
        _can_wait.reset(before)


def is_patient() -> bool:
    """Whether what this thread asks for can wait."""
    return _can_wait.get()
