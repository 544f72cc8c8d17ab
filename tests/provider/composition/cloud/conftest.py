"""A cloud, and the clock of a service."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from provider.composition import parts as composition
from provider.composition import web
from tests.peers.cloud.names import resolve_to_loopback, set_identity
from tests.peers.cloud.worlds import IDENTITIES, WORLDS, Make, World
from tests.proxy.clocks import Clock


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Each cloud in turn."""
    with _made(WORLDS[request.param], tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture(params=IDENTITIES)
def identified(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Each kind of identity in turn."""
    with _made(IDENTITIES[request.param], tmp_path, monkeypatch) as made:
        yield made


@contextmanager
def _made(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    resolve_to_loopback(patch)
    place = folder / "cloud"
    place.mkdir()
    with ExitStack() as ends:
        made = make(ends, place, patch)
        set_identity(patch, made.identity, dict(os.environ))
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the parts, which a test moves."""
    found = Clock()
    for module in (composition, web):
        monkeypatch.setattr(module, "utc_now", found.now)
    return found
