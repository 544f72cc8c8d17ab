"""A clock, a transport and a host for the tests of this room; a file that needs another one defines its own."""

from collections.abc import Iterator

import pytest

from proxy.http.transport import Transport
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only by sleeping."""
    return Clock()


@pytest.fixture
def transport(clock: Clock) -> Iterator[Transport]:
    """A transport that may reach loopback by plain http."""
    with open_transport(clock) as transport:
        yield transport


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A host that answers 200."""
    with ScriptedHost() as host:
        yield host
