"""Two processes of one database have one rate for a public host."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from provider.composition.parts import Parts
from proxy.http.budgets.budget import POLITE
from tests.peers.exchange import Answer
from tests.provider.composition.checking import Service
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

PATH = "/v2/namespaces/library/repositories/node/tags"


@pytest.fixture
def hub() -> Iterator[ScriptedHost]:
    """Docker Hub's API."""
    with ScriptedHost(lambda _: Answer(200, b"{}")) as host:
        yield host


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of both processes, which passes only by the waits before requests."""
    clock = Clock()
    monkeypatch.setattr(f"{Parts.__module__}.utc_now", clock.now)
    # Not the function of the module `time`, by which threads of other tests wait.
    monkeypatch.setattr(f"{Parts.__module__}.time", SimpleNamespace(sleep=clock.sleep))
    return clock


def service(hub: ScriptedHost, folder: Path) -> Service:
    """A service that asks this API."""
    return Service(folder, {"DOCKER_HUB_API_URL": hub.url, "INSECURE_REGISTRIES": hub.host})


def test_what_one_process_has_sent_the_other_waits_for(hub: ScriptedHost, clock: Clock, tmp_path: Path) -> None:
    """The burst goes at once, whoever sends it; then both wait."""
    shared = service(hub, tmp_path)
    with shared.parts() as web, shared.parts() as worker:
        for parts in (web, worker):
            parts.check()
            assert parts.docker_hub
            for _ in range(POLITE.burst // 2):
                parts.docker_hub.ask(PATH)
        assert len(hub.requests) == POLITE.burst
        assert clock.slept == []
        for parts in (web, worker):
            assert parts.docker_hub
            parts.docker_hub.ask(PATH)
    assert clock.slept == [pytest.approx(0.1)] * 2


def test_a_process_without_a_database_makes_none(hub: ScriptedHost, clock: Clock, tmp_path: Path) -> None:
    """It counts alone."""
    with service(hub, tmp_path).parts() as parts:
        assert parts.docker_hub
        for _ in range(POLITE.burst + 1):
            parts.docker_hub.ask(PATH)
    assert clock.slept == [pytest.approx(0.1)]
    assert list(tmp_path.iterdir()) == []
