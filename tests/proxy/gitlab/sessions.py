"""Sessions with the fake GitLab."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from proxy.gitlab.session import GitLabSession
from proxy.secrets.secret import Secret
from tests.peers.gitlab.state import TOKEN
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport


@contextlib.contextmanager
def open_gitlab(site: str, token: str | None = TOKEN, clock: Clock | None = None) -> Iterator[GitLabSession]:
    """A session with this token, by default one with all permissions; its waits take no time."""
    with open_transport(clock or Clock(datetime.now(UTC))) as transport:
        yield GitLabSession(transport, site, Secret(token) if token else None)
