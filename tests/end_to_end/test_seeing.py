"""What the service shows of its work while it runs: the life of an image in the log, and traces of all that it does."""

import json
from pathlib import Path
from typing import Any

from demo.hooked import HookedWorld
from tests.peers.fixtures import peers_installed
from tests.peers.otlp import TOKEN, OtlpCollector
from tests.peers.process import wait_until

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_PARENT = "00f067aa0ba902b7"


class SeenWorld(HookedWorld):
    """The world with webhooks, with a log for programs and a collector of traces."""

    def _start(self) -> None:
        self.collector = self._stack.enter_context(OtlpCollector())
        super()._start()

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        return super().environment() | self.collector.environment() | {"IMAGE_FACTORY_LOG_FORMAT": "json"}

    def log_text(self) -> str:
        """The log of the service."""
        return (self.folder / "service.log").read_text("utf-8")

    def logged(self) -> list[dict[str, Any]]:
        """Everything that was logged, oldest first."""
        return [json.loads(line) for line in self.log_text().splitlines()]

    def ask_as_part_of_a_trace(self) -> str:
        """Read an image as a service that makes traces too; returns the id of the request."""
        headers = {"traceparent": f"00-{_TRACE}-{_PARENT}-01", "X-Request-Id": "request-of-the-test"}
        return self.http.request("GET", f"{self.url}/api/v1/images/base", headers=headers).headers["X-Request-Id"]


def test_the_life_of_an_image_is_seen_in_the_log_and_in_traces(tmp_path: Path) -> None:
    """From the new digest of a base image to the digest of the verified rebuild, each step once and in order."""
    with peers_installed(), SeenWorld(tmp_path) as world:
        world.wait_for_the_first_round()
        world.enroll()
        world.config_pushed()
        world.wait_until_settled()
        moved = world.move()
        world.image_pushed()
        world.wait_for_dispatch("acme/base")
        world.complete("acme/base")
        world.wait_for_dispatch("acme/portal")
        world.complete("acme/portal")
        world.wait_until_rebuilt(2)
        made = world.image("base")["digest"]
        assert world.ask_as_part_of_a_trace() == "request-of-the-test"
        wait_until(lambda: _received(world.collector), "the span of the request to arrive")

    _check_log(world.logged(), moved.digest, made)
    _check_traces(world)
    # Neither the token of the collector nor those of other hosts.
    shown = world.log_text() + b"".join(world.collector.bodies).decode("latin-1")
    assert [secret for secret in (TOKEN, world.git.write_token) if secret in shown] == []


def _received(collector: OtlpCollector) -> bool:
    return any(span.parent_id == _PARENT for span in collector.spans())


def _check_log(logged: list[dict[str, Any]], moved: str, made: str) -> None:
    (started,) = (line for line in logged if line["event"] == "rebuild_requested" and line["image"] == "base")
    life = [line for line in logged if line.get("rebuild_id") == started["rebuild_id"]]
    assert [line["event"] for line in life] == [
        "rebuild_requested",
        "rebuild_started",
        "rebuild_ended",
        "rebuild_made",
    ]
    (cause,) = started["causes"]
    assert cause["digest"] == moved
    (seen,) = (line for line in logged if line["event"] == "digest_seen" and line["digest"] == moved)
    assert (seen["image"], seen["previous"]) == (cause["image"], cause["previous"])
    assert logged.index(seen) < logged.index(started)
    assert (life[2]["conclusion"], life[3]["digest"]) == ("success", made)
    assert all(line["commit"] and line["trace_id"] for line in (seen, *life))
    assert all(line["message"] and line["time"] and line["logger"] for line in logged)


def _check_traces(world: SeenWorld) -> None:
    spans = world.collector.spans()
    assert {span.service for span in spans} == {"image-factory"}
    by_id = {span.span_id: span for span in spans}

    (asked,) = (span for span in spans if span.parent_id == _PARENT)
    assert (asked.name, asked.kind, asked.trace_id) == ("GET /api/v1/images/<name>", "SERVER", _TRACE)
    assert asked.attributes["http.response.status_code"] == 200

    names = {span.name for span in spans}
    assert {"job round", "reaction", "digests", "rebuilds and publishing", "git push", "GET", "HEAD", "POST"} <= names
    pushes = [span for span in spans if span.name == "git push"]
    assert {by_id[span.parent_id].name for span in pushes} <= names - {"git push"}
    hosts = {span.attributes.get("server.address") for span in spans if span.kind == "CLIENT"}
    assert hosts == {"127.0.0.1"}
    outcomes = {span.attributes["image_factory.outcome"] for span in spans if span.kind == "CLIENT"}
    assert "ok" in outcomes

    # What is logged names the trace that it belongs to.
    (requested,) = (line for line in world.logged() if line["event"] == "rebuild_requested" and line["image"] == "base")
    assert requested["trace_id"] in {span.trace_id for span in spans}
