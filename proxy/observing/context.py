"""What the current work is about, such as a request or a rebuild: each event that it logs has it, and its spans."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import ParamSpec, TypeVar

from proxy.observing.span import NO_SPAN, TraceSpan

P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Here:
    known: Mapping[str, str] = field(default_factory=dict)
    span: TraceSpan = NO_SPAN


_NOWHERE = _Here()
_here: ContextVar[_Here] = ContextVar("here", default=_NOWHERE)


@contextmanager
def about(**keys: str) -> Iterator[None]:
    """What this thread does in the block is about this too."""
    here = _here.get()
    before = _here.set(replace(here, known={**here.known, **keys}))
    try:
        yield
    finally:
        _here.reset(before)


@contextmanager
def within(span: TraceSpan) -> Iterator[None]:
    """What this thread does in the block is a part of this span."""
    here = _here.get()
    before = _here.set(_Here({**here.known, "trace_id": span.trace_id}, span))
    try:
        yield
    finally:
        _here.reset(before)


def known_here() -> Mapping[str, str]:
    """What the work of this thread is about."""
    return _here.get().known


def current_span() -> TraceSpan:
    """The span that the work of this thread is a part of."""
    return _here.get().span


def carried(work: Callable[P, Result]) -> Callable[P, Result]:
    """The same work, for another thread: it is about what this thread's work is about now."""
    here = _here.get()
    if here is _NOWHERE:
        return work

    def run(*args: P.args, **kwargs: P.kwargs) -> Result:
        before = _here.set(here)
        try:
            return work(*args, **kwargs)
        finally:
            _here.reset(before)

    return run
