"""What the current work is about, such as a request or a rebuild: each event that it logs has it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")

_NOTHING: Mapping[str, str] = {}
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=_NOTHING)


@contextmanager
def about(**keys: str) -> Iterator[None]:
    """What this thread does in the block is about this too."""
    before = _about.set({**_about.get(), **keys})
    try:
        yield
    finally:
        _about.reset(before)


def known_here() -> Mapping[str, str]:
    """What the work of this thread is about."""
    return _about.get()


def carried(work: Callable[P, Result]) -> Callable[P, Result]:
    """The same work, for another thread: it is about what this thread's work is about now."""
    known = _about.get()
    if not known:
        return work

    def run(*args: P.args, **kwargs: P.kwargs) -> Result:
        before = _about.set(known)
        try:
            return work(*args, **kwargs)
        finally:
            _about.reset(before)

    return run
