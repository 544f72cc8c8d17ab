"""Fixtures of the tests of callers."""

from collections.abc import Iterator

import pytest

from tests.peers.backstage_auth import BackstageAuth
from tests.provider.auth.visits import Clock


@pytest.fixture
def backstage() -> Iterator[BackstageAuth]:
    """A Backstage without groups."""
    with BackstageAuth() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    """The real time at first, because the peer's tokens carry it."""
    return Clock()
