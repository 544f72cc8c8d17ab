"""Whether traces are made: OpenTelemetry's own variables, which its SDK reads too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_SERVICE = "image-factory"


@dataclass(frozen=True, slots=True)
class Traces:
    """Traces are made.

    Attributes:
        service: the name of the service in traces.
        secrets: the values of the headers for the collector.
    """

    service: str
    secrets: tuple[Secret, ...] = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self | None:
        """What the variables say; None: no traces.

        Raises:
            InvalidSetting: the address or the protocol cannot be used.
        """
        named = next((name for name in _ENDPOINTS if environ.get(name)), None)
        if named is None or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return None
        if environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none":
            return None
        address = urlsplit(environ[named])
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise InvalidSetting(f"{named}: write an http or https address, such as http://collector:4318")
        for name in _PROTOCOLS:
            if environ.get(name, _PROTOCOL) != _PROTOCOL:
                raise InvalidSetting(f"{name}: only {_PROTOCOL} is supported; collectors take it on port 4318")
        return cls(environ.get("OTEL_SERVICE_NAME") or _SERVICE, tuple(_secrets(environ)))


def _secrets(environ: Mapping[str, str]) -> Iterator[Secret]:
    """The values of the headers, such as `Bearer TOKEN`, and what follows the scheme in them."""
    for name in _HEADERS:
        for header in filter(None, environ.get(name, "").split(",")):
            value = unquote(header.partition("=")[2]).strip()
            yield from (Secret(text) for text in dict.fromkeys((value, value.rpartition(" ")[2])) if text)
