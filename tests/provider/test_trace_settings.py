"""Tests of the variables for traces."""

import pytest

from provider.settings.traces import Traces
from proxy.errors import InvalidSetting

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_HERE = {_ENDPOINT: "http://collector:4318"}


@pytest.mark.parametrize(
    "environ",
    [{}, {_ENDPOINT: ""}, {**_HERE, "OTEL_SDK_DISABLED": "True"}, {**_HERE, "OTEL_TRACES_EXPORTER": "none"}],
)
def test_there_are_no_traces_by_default(environ: dict[str, str]) -> None:
    """They are made where a collector is named, unless OpenTelemetry's own switches turn them off."""
    assert Traces.read(environ) is None


def test_the_values_of_headers_are_secret() -> None:
    """Also without the word before a token."""
    headers = "authorization=Bearer%20token-of-ours, x-tenant=acme-tenant"
    read = Traces.read({**_HERE, "OTEL_EXPORTER_OTLP_HEADERS": headers, "OTEL_SERVICE_NAME": "factory"})
    assert read
    assert read.service == "factory"
    assert [secret.reveal() for secret in read.secrets] == ["Bearer token-of-ours", "token-of-ours", "acme-tenant"]
    assert "token-of-ours" not in repr(read)


@pytest.mark.parametrize(
    ("environ", "part"),
    [
        ({_ENDPOINT: "collector:4317"}, "OTEL_EXPORTER_OTLP_ENDPOINT: write an http or https address"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://"}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: write"),
        ({**_HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf"),
    ],
)
def test_what_cannot_work_is_a_problem_of_its_variable(environ: dict[str, str], part: str) -> None:
    """The message says what to write."""
    with pytest.raises(InvalidSetting, match=part):
        Traces.read(environ)
