"""Tests of the words for the outcomes of exchanges."""

import pytest

from proxy.errors import Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.curl.outcomes import outcome_of
from proxy.http.transport import Transport
from tests.peers.exchange import Answer
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, in_turn


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"),
        (304, "ok"),
        (307, "ok"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "missing"),
        (429, "limited"),
        (400, "rejected"),
        (422, "rejected"),
        (499, "rejected"),
        (500, "failed"),
        (503, "failed"),
        (0, "failed"),
        (799, "failed"),
    ],
)
def test_each_status_has_one_of_a_few_words(status: int, outcome: str) -> None:
    """Whatever a host answers, the number of series is bounded."""
    assert outcome_of(status) == outcome


def test_each_exchange_is_counted_by_its_host_and_outcome(host: ScriptedHost, clock: Clock) -> None:
    """Repeats and redirects too; a host without an answer is unreachable."""
    counted: list[tuple[str, str]] = []
    policy = AddressPolicy(insecure_registries=(LOOPBACK,))
    transport = Transport(
        policy, now=clock.now, sleep=clock.sleep, counted=lambda name, outcome: counted.append((name, outcome))
    )
    try:
        host.script = in_turn(
            Answer(503), Answer(307, b"", (("Location", "/b"),)), Answer(200), Answer(401), Answer(429), Answer(404)
        )
        for _ in range(4):
            transport.request("GET", f"{host.url}/a", {})
        host.down()
        with pytest.raises(Unreachable):
            transport.request("GET", f"{host.url}/a", {})
    finally:
        transport.close()
    words = ["failed", "ok", "ok", "unauthorized", "limited", "missing", "unreachable"]
    assert counted == [(LOOPBACK, word) for word in words]
