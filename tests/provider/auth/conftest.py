"""Fixtures for the tests of authentication and permissions."""

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
    """A clock that starts at the real time, because the tokens of the peer contain it."""
    return Clock()
