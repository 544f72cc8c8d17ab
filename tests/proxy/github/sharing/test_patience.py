"""Requests that can wait, beside others, at the fake GitHub."""

from collections.abc import Iterator

import pytest

from proxy.errors import KeptBack
from proxy.github.session import GitHubSession
from proxy.urgency import patient
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session

PATH = f"/repos/{NAME}"


@pytest.fixture
def session(github: GitHub) -> Iterator[GitHubSession]:
    """A session, and a GitHub whose hour begins with its clock."""
    clock = Clock()
    github.add_repository(NAME, FILES)
    github.rate_limit.reset = int(clock.now().timestamp()) + 3600
    with open_session(github.url, clock=clock) as opened:
        yield opened


def test_the_reserve_is_left_to_requests_that_cannot_wait(github: GitHub, session: GitHubSession) -> None:
    """Both count against the same limit, and the answers to either say what is left of it."""
    github.rate_limit.used = 4000
    session.ask("GET", PATH, owner="acme")

    with patient(), pytest.raises(KeptBack) as caught:
        session.ask("GET", PATH, owner="acme")
    assert caught.value.retry_at
    assert int(caught.value.retry_at.timestamp()) == github.rate_limit.reset
    assert session.ask("GET", PATH, owner="acme").status == 200
    assert len(github.log) == 2


def test_what_can_wait_does_not_burst(github: GitHub, session: GitHubSession) -> None:
    """A minute has 67 requests of 5,000 an hour; what is unchanged is not counted."""
    etag = session.ask("GET", PATH, owner="acme").headers["etag"]
    with patient():
        for _ in range(100):
            session.ask("GET", PATH, owner="acme", headers={"If-None-Match": etag})
        sent = len(github.log)
        for _ in range(67):
            session.ask("GET", PATH, owner="acme")
        with pytest.raises(KeptBack):
            session.ask("GET", PATH, owner="acme")
    assert len(github.log) - sent == 67
