"""Tests of traces, over a real collector."""

import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from provider.composition.observing.tracing import begin_tracing
from provider.composition.parts import Parts
from provider.settings import Settings, read_settings
from proxy.errors import Unreachable
from proxy.observing.spans import span
from tests.peers.otlp import OtlpCollector
from tests.proxy.scripted import ScriptedHost


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[OtlpCollector]:
    """A collector that the environment names."""
    with OtlpCollector() as found:
        for name, value in found.environment().items():
            monkeypatch.setenv(name, value)
        yield found


def _settings(collector: OtlpCollector, **others: str) -> Settings:
    ours: Mapping[str, str] = {f"IMAGE_FACTORY_{name}": value for name, value in others.items()}
    return read_settings({**collector.environment(), **ours})


def test_a_request_to_another_host_is_a_span(collector: OtlpCollector) -> None:
    """It names host, method and outcome, and not the address; only an own host is told of the trace."""
    with ScriptedHost() as host:
        for setting in ("INSECURE_HOSTS", "PRIVATE_HOSTS"):
            settings = _settings(collector, **{"INSECURE_HOSTS": host.host, setting: host.host})
            end = begin_tracing(settings)
            with Parts.open(settings) as parts, span("test"):
                parts.transport.request("GET", f"{host.url}/a/path?token=hush-hush-1", {})
            end()
        first, second = host.requests

    asked, _ = collector.spans("GET")
    (around, _) = collector.spans("test")
    assert (asked.kind, asked.parent_id, asked.trace_id) == ("CLIENT", around.span_id, around.trace_id)
    assert asked.attributes == {
        "server.address": "127.0.0.1",
        "image_factory.outcome": "ok",
        "http.response.status_code": 200,
    }
    assert "traceparent" not in first.headers
    assert second.headers["traceparent"].split("-")[1] == collector.spans("GET")[1].trace_id
    assert not any(b"hush" in body or b"path" in body for body in collector.bodies)


def test_a_failure_is_a_span_without_its_message(collector: OtlpCollector) -> None:
    """A message can have text of another host in it."""
    with ScriptedHost() as host:
        nobody = host.host
    settings = _settings(collector, INSECURE_HOSTS=nobody)
    end = begin_tracing(settings)
    with Parts.open(settings) as parts, pytest.raises(Unreachable):
        parts.transport.request("GET", f"http://{nobody}/", {})
    end()

    (asked,) = collector.spans("GET")
    assert (asked.failed, asked.attributes["image_factory.outcome"]) == (True, "unreachable")


def test_after_the_end_no_spans_are_made(collector: OtlpCollector) -> None:
    """A process that is ending does not wait for more."""
    begin_tracing(_settings(collector))()
    with span("late"):
        pass
    assert collector.spans() == []


def test_without_a_collector_nothing_of_opentelemetry_is_imported() -> None:
    """Neither by the commands nor by the libraries that they use."""
    code = (
        "import sys; from provider.composition.observing.tracing import begin_tracing; import provider.commands.serve\n"
        "from provider.settings import read_settings\n"
        "begin_tracing(read_settings({}))()\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
