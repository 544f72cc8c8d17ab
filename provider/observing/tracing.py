"""Traces by OpenTelemetry, sent over OTLP. Only what makes traces imports this module: it takes a third of a second.

The SDK reads its own variables: where the collector is, its headers and certificates, how many traces are kept.
"""

import threading
from collections.abc import Collection, Mapping

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind as OtelKind
from opentelemetry.trace import Status, StatusCode, format_span_id, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from proxy.observing.span import SpanKind, TraceSpan

_KINDS = {SpanKind.OWN: OtelKind.INTERNAL, SpanKind.ANSWER: OtelKind.SERVER, SpanKind.REQUEST: OtelKind.CLIENT}
_TRACEPARENT = "traceparent"
_CLOSING_SECONDS = 5.0
"""How long the last spans may take at the end of the process: a collector that does not answer keeps nobody."""


class CollectedSpan:
    """A span of OpenTelemetry; see `proxy.observing.span.TraceSpan`."""

    def __init__(self, span: OtelSpan, own_hosts: Collection[str]) -> None:
        self.span = span
        self._own_hosts = own_hosts

    @property
    def trace_id(self) -> str:
        """See the port."""
        return format_trace_id(self.span.get_span_context().trace_id)

    def rename(self, name: str) -> None:
        """See the port."""
        self.span.update_name(name)

    def note(self, key: str, value: str | int) -> None:
        """See the port."""
        self.span.set_attribute(key, value)

    def failed(self, error: str) -> None:
        """See the port."""
        self.span.set_attribute("error.type", error)
        self.span.set_status(Status(StatusCode.ERROR))

    def headers(self, host: str) -> Mapping[str, str]:
        """See the port."""
        if host not in self._own_hosts:
            return {}
        known = self.span.get_span_context()
        ids = f"{format_trace_id(known.trace_id)}-{format_span_id(known.span_id)}"
        return {_TRACEPARENT: f"00-{ids}-{known.trace_flags:02x}"}

    def end(self) -> None:
        """See the port."""
        self.span.end()


class Collector:
    """Sends spans to a collector, in batches; see `proxy.observing.spans.Tracer`.

    Args:
        service: the name of the service in traces.
        version: its version.
        own_hosts: the hosts that get the id of the trace with each request.
    """

    def __init__(self, service: str, version: str, own_hosts: Collection[str]) -> None:
        resource = Resource.create({"service.name": service, "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("image-factory", version)
        self._received = TraceContextTextMapPropagator()
        self._own_hosts = frozenset(own_hosts)

    def begin(self, name: str, kind: SpanKind, parent: TraceSpan, received: str) -> TraceSpan:
        """See the port."""
        if isinstance(parent, CollectedSpan):
            context = set_span_in_context(parent.span, Context())
        else:
            context = self._received.extract({_TRACEPARENT: received}, Context())
        return CollectedSpan(self._tracer.start_span(name, context, _KINDS[kind]), self._own_hosts)

    def close(self) -> None:
        """Send what has ended and was not sent yet, if the collector takes it within some seconds."""
        closing = threading.Thread(target=self._provider.shutdown, name="tracing-end", daemon=True)
        closing.start()
        closing.join(_CLOSING_SECONDS)
