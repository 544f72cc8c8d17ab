"""Tests of beginning spans."""

from collections.abc import Iterator

import pytest

from proxy.observing.context import carried, current_span, known_here
from proxy.observing.span import NO_SPAN, SpanKind, TraceSpan
from proxy.observing.spans import begin, span, use_tracer


class NotedSpan:
    """A span that keeps what is told of it."""

    def __init__(self, name: str, kind: SpanKind, parent: TraceSpan, received: str) -> None:
        self.told: list[object] = [name, kind, parent, received]
        self.trace_id = "the-trace"

    def rename(self, name: str) -> None:
        """Keep the name."""
        self.told.append(name)

    def note(self, key: str, value: str | int) -> None:
        """Keep what is known."""
        self.told.append((key, value))

    def failed(self, error: str) -> None:
        """Keep the failure."""
        self.told.append(error)

    def headers(self, host: str) -> dict[str, str]:
        """The host."""
        return {"host": host}

    def end(self) -> None:
        """Keep the end."""
        self.told.append("end")


class NotingTracer:
    """Makes such spans."""

    def __init__(self) -> None:
        self.spans: list[NotedSpan] = []

    def begin(self, name: str, kind: SpanKind, parent: TraceSpan, received: str) -> TraceSpan:
        """See the port."""
        self.spans.append(NotedSpan(name, kind, parent, received))
        return self.spans[-1]


@pytest.fixture
def tracer() -> Iterator[NotingTracer]:
    """The tracer of this process during the test."""
    found = NotingTracer()
    use_tracer(found)
    yield found
    use_tracer(None)


def test_work_within_a_span_is_a_part_of_it(tracer: NotingTracer) -> None:
    """In other threads too, where it is carried there; the log names the trace."""
    with span("outer", SpanKind.ANSWER, "00-1-2-01") as outer:
        carried(begin)("inner").end()
        assert known_here() == {"trace_id": "the-trace"}
    assert current_span() is NO_SPAN
    first, second = (each.told for each in tracer.spans)
    assert first == ["outer", SpanKind.ANSWER, NO_SPAN, "00-1-2-01", "end"]
    assert second == ["inner", SpanKind.OWN, outer, "", "end"]


def test_an_exception_is_the_failure_of_its_span(tracer: NotingTracer) -> None:
    """By its name: a message can have a secret in it."""
    with pytest.raises(ValueError, match="hush"), span("work"):
        raise ValueError("hush-hush-1")
    assert tracer.spans[0].told[4:] == ["ValueError", "end"]


def test_without_a_tracer_there_are_no_spans() -> None:
    """What is told of them goes nowhere, and no host is told of a trace."""
    with span("work") as current:
        current.rename("other")
        current.note("key", 1)
        current.failed("error")
        assert current is begin("other")
        assert (current.trace_id, current.headers("host"), known_here()) == ("", {}, {})
    current.end()
