"""The contract of browser sessions, in memory and in the database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.auth.sessions import MemorySessions, OpenSession, Sessions
from provider.auth.sign_in.person import SignedInPerson
from provider.store.engine import open_engine
from provider.store.sessions import SqlSessions
from tests.databases import KINDS, migrated_database
from tests.provider.store.samples import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", *KINDS])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Sessions]]:
    """Opens the sessions, as each of several processes does; those in memory are of one process."""
    if request.param == "memory":
        memory = MemorySessions()
        yield lambda: memory
        return
    with migrated_database(request.param, tmp_path) as address:
        engines = [open_engine(address) for _ in range(2)]
        turns = iter(engines * 10)
        yield lambda: SqlSessions(next(turns))
        for engine in engines:
            engine.dispose()


def test_a_session_is_open_until_its_time_is_over(opened: Callable[[], Sessions]) -> None:
    """It is open from its start, and closed at the moment of its end."""
    session = opened().start(NOW, OpenSession(NOW + HOUR))

    assert opened().find(session, NOW)
    assert opened().find(session, NOW + HOUR - timedelta(seconds=1))
    assert not opened().find(session, NOW + HOUR)


def test_a_session_that_has_ended_is_closed_for_all(opened: Callable[[], Sessions]) -> None:
    """The others stay open; ending it twice, or one that never was, changes nothing."""
    ended, other = opened().start(NOW, OpenSession(NOW + HOUR)), opened().start(NOW, OpenSession(NOW + HOUR))
    for session in (ended, ended, "never-was"):
        opened().end(session)

    assert not opened().find(ended, NOW)
    assert opened().find(other, NOW)


def test_a_session_has_a_new_id_each_time(opened: Callable[[], Sessions]) -> None:
    """Random, of 128 bits or more."""
    sessions = opened()
    given = {sessions.start(NOW, OpenSession(NOW + HOUR)) for _ in range(50)}
    assert len(given) == 50
    # A character of base64 has 6 bits.
    assert min(map(len, given)) * 6 >= 128


@pytest.mark.parametrize("session", ["", "x", "' or 1=1 --", "x" * 10_000])
def test_an_id_that_was_not_given_is_closed(opened: Callable[[], Sessions], session: str) -> None:
    """Only ids of started sessions are open."""
    opened().start(NOW, OpenSession(NOW + HOUR))

    assert not opened().find(session, NOW)


def test_sessions_are_forgotten_when_their_time_is_over(opened: Callable[[], Sessions]) -> None:
    """A start removes the old ones, so that they do not pile up; each has its own id."""
    old = opened().start(NOW, OpenSession(NOW + HOUR))
    new = opened().start(NOW + 2 * HOUR, OpenSession(NOW + 3 * HOUR))

    assert old != new
    assert not opened().find(old, NOW)
    assert opened().find(new, NOW + 2 * HOUR)


def test_a_session_keeps_the_person_who_signed_in(opened: Callable[[], Sessions]) -> None:
    """Every process reads the source, the name and the groups; the session of a service token has nobody."""
    person = SignedInPerson("https://login.example", "oidc:zoë", frozenset({"team, a", "Team 'b'"}), "hint")
    session, token = opened().start(NOW, OpenSession(NOW + HOUR, person)), opened().start(NOW, OpenSession(NOW + HOUR))

    assert opened().find(session, NOW) == OpenSession(NOW + HOUR, person)
    assert opened().find(token, NOW) == OpenSession(NOW + HOUR)


def test_a_sign_in_is_used_once(opened: Callable[[], Sessions]) -> None:
    """By any process; others are not affected, and it is forgotten once it is no longer valid."""
    assert opened().use("one", NOW, NOW + HOUR)
    assert not opened().use("one", NOW, NOW + HOUR)
    assert opened().use("other", NOW, NOW + HOUR)
    assert opened().use("one", NOW + HOUR, NOW + 2 * HOUR)
