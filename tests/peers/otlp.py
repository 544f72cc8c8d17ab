"""A collector of OpenTelemetry's traces on loopback: OTLP over http as protobuf, read by the official definitions."""

from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status as OtlpStatus

from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer

TOKEN = "token-of-the-collector"
_PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """A span that arrived; ids in hexadecimal."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    failed: bool
    attributes: dict[str, str | int]
    service: str


class OtlpCollector(LoopbackServer):
    """Keeps every span that arrives; requests without the token are refused.

    Attributes:
        bodies: of all requests, as they came.
    """

    def __init__(self) -> None:
        super().__init__(self._take)
        self.bodies: list[bytes] = []
        self._spans: list[SeenSpan] = []

    def environment(self) -> dict[str, str]:
        """OpenTelemetry's own variables for a service that sends its traces here, and soon."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{TOKEN}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }

    def spans(self, name: str = "") -> list[SeenSpan]:
        """The spans that have arrived; only those of this name, if one is given."""
        return [span for span in tuple(self._spans) if name in ("", span.name)]

    def _take(self, request: Request) -> Answer:
        if request.authorization != f"Bearer {TOKEN}":
            return Answer(401)
        if (request.method, request.path) != ("POST", "/v1/traces") or request.headers["Content-Type"] != _PROTOBUF:
            return Answer(400)
        self.bodies.append(request.body)
        asked = ExportTraceServiceRequest.FromString(request.body)
        for resource in asked.resource_spans:
            service = str(_attributes(resource.resource.attributes)["service.name"])
            for scope in resource.scope_spans:
                self._spans += [_seen(span, service) for span in scope.spans]
        return Answer(200, b"", (("Content-Type", _PROTOBUF),))


def _seen(span: OtlpSpan, service: str) -> SeenSpan:
    return SeenSpan(
        span.name,
        OtlpSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == OtlpStatus.STATUS_CODE_ERROR,
        _attributes(span.attributes),
        service,
    )


def _attributes(given: Any) -> dict[str, str | int]:
    values = {each.key: each.value for each in given}
    return {key: value.string_value or value.int_value for key, value in values.items()}
