"""A cloud, and the clock of a service."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.composition import parts as composition
from provider.composition import web
from tests.peers.cloud.names import resolve_to_loopback, set_identity
from tests.peers.cloud.worlds import WORLDS, World
from tests.proxy.clocks import Clock


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Each cloud in turn."""
    resolve_to_loopback(monkeypatch)
    folder = tmp_path / "cloud"
    folder.mkdir()
    with ExitStack() as ends:
        made = WORLDS[request.param](ends, folder, monkeypatch)
        set_identity(monkeypatch, made.identity, dict(os.environ))
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the parts, which a test moves."""
    found = Clock()
    for module in (composition, web):
        monkeypatch.setattr(module, "utc_now", found.now)
    return found
