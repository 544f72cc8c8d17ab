"""Sessions with the fake GitHub."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from proxy.github.credentials import FixedToken, GitHubCredentials
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.github.controls import TOKEN
from tests.proxy.clocks import Clock, Time
from tests.proxy.scripted import open_transport


@contextlib.contextmanager
def open_session(
    url: str, credentials: GitHubCredentials | None = None, clock: Time | None = None
) -> Iterator[GitHubSession]:
    """A session with these credentials, by default a token with all permissions; its waits take no time."""
    with open_transport(clock or Clock(datetime.now(UTC))) as transport:
        yield GitHubSession(transport, url, credentials or FixedToken(Secret(TOKEN)))
