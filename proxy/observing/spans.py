"""Begins spans, where the process has a tracer; else they cost almost nothing.

with span("git fetch") as current:
...
current.note("process.exit.code", 0)
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from proxy.observing.context import current_span, within
from proxy.observing.span import NO_SPAN, SpanKind, TraceSpan


class Tracer(Protocol):
    """Begins spans that somebody collects."""

    def begin(self, name: str, kind: SpanKind, parent: TraceSpan, received: str) -> TraceSpan:
        """Begin a span.

        Args:
            name: from a fixed set.
            kind: whose work it is.
            parent: the span of this process that it is a part of; `NO_SPAN`: none.
            received: the `traceparent` of a caller in another process; empty: none.
        """


class _Process:
    """The tracer of this process, as it has one log."""

    tracer: Tracer | None = None


_NOTHING = nullcontext(NO_SPAN)


def use_tracer(tracer: Tracer | None) -> None:
    """Let this process make spans with this tracer; None: make none."""
    _Process.tracer = tracer


def span(name: str, kind: SpanKind = SpanKind.OWN, received: str = "") -> AbstractContextManager[TraceSpan]:
    """A span for the block, which is a part of the current one; the work in the block is a part of it.

    Args:
        name: from a fixed set.
        kind: whose work it is.
        received: the `traceparent` of a caller in another process.
    """
    return _NOTHING if _Process.tracer is None else _block(begin(name, kind, received))


def begin(name: str, kind: SpanKind = SpanKind.OWN, received: str = "") -> TraceSpan:
    """A span that somebody else ends: for work that no thread waits for."""
    tracer = _Process.tracer
    return NO_SPAN if tracer is None else tracer.begin(name, kind, current_span(), received)


@contextmanager
def _block(current: TraceSpan) -> Iterator[TraceSpan]:
    try:
        with within(current):
            yield current
    except BaseException as error:
        current.failed(type(error).__name__)
        raise
    finally:
        current.end()
