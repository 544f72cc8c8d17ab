"""What a connection to PostgreSQL asks of the server and of libpq."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, NullPool, make_url, text
from sqlalchemy.exc import DBAPIError

import provider.database.postgresql
from provider.database.postgresql import client_arguments, postgresql_engine
from provider.jobs.process_locks import PostgresLocks
from provider.store.engine import open_engine, open_quick_engine
from provider.store.reading import open_for_reading
from tests.databases import KINDS, new_database

needs_server = pytest.mark.skipif("postgresql" not in KINDS, reason="make test-postgresql has a server")
TIMEOUT = text("SHOW idle_in_transaction_session_timeout")


@pytest.fixture(name="address")
def made(tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with new_database("postgresql", tmp_path) as address:
        yield address


def test_a_server_that_has_vanished_is_noticed_within_a_minute() -> None:
    """By probes while nothing is sent, and by what is not acknowledged."""
    asked = client_arguments(make_url("postgresql+psycopg://db.example.com/factory"))
    assert asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"] == 60
    assert asked["tcp_user_timeout"] == 60_000
    assert asked["connect_timeout"] == 10


def test_what_the_address_names_holds() -> None:
    """Each parameter by itself."""
    asked = client_arguments(make_url("postgresql://db.example.com/factory?keepalives_idle=5&connect_timeout=2"))
    assert set(asked) == {"keepalives_interval", "keepalives_count", "tcp_user_timeout"}


@needs_server
def test_every_session_limits_idle_transactions(address: str) -> None:
    """Of the store, of readers and of locks; also after a session was given back to its pool."""
    store, reader = open_engine(address), open_for_reading(address)
    assert reader is not None
    for engine in (store, reader, store):
        with engine.connect() as connection:
            assert connection.scalar(TIMEOUT) == "1min"
        engine.dispose()
    with _session(PostgresLocks(make_url(address))) as session:
        assert session.scalar(TIMEOUT) == "1min"


def _session(locks: PostgresLocks) -> Connection:
    lock = locks.acquire("one")
    assert lock is not None
    return lock._connection


@needs_server
@pytest.mark.parametrize(
    "option", ["-c idle_in_transaction_session_timeout=5s", "--Idle-in-transaction-session-timeout=5s"]
)
def test_a_limit_in_the_address_stays(address: str, option: str) -> None:
    """In each spelling that PostgreSQL knows."""
    url = make_url(address).update_query_dict({"options": option})
    with postgresql_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(TIMEOUT) == "5s"


@needs_server
def test_a_limit_of_the_database_stays(address: str) -> None:
    """What its administrator has set is not loosened."""
    engine = postgresql_engine(make_url(address), poolclass=NullPool)
    with engine.begin() as connection:
        name = make_url(address).database
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET idle_in_transaction_session_timeout = '7s'"))
    with engine.connect() as connection:
        assert connection.scalar(TIMEOUT) == "7s"


@needs_server
def test_a_quick_engine_waits_a_second_at_most(address: str) -> None:
    """For a row that another session has locked."""
    engine, quick = open_engine(address), open_quick_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted AS SELECT 1 AS number"))
    with engine.begin() as connection:
        connection.execute(_ADD)
        with pytest.raises(DBAPIError, match="statement timeout"), quick.begin() as other:
            other.execute(_ADD)
    engine.dispose()
    quick.dispose()


@needs_server
def test_a_transaction_that_stands_still_holds_no_row_for_long(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends it; others go on, and so does the process when it wakes."""
    monkeypatch.setattr(provider.database.postgresql, "IDLE_SECONDS", 0.2)
    stopped, other = open_engine(address), open_engine(address)
    with stopped.begin() as connection:
        connection.execute(text("CREATE TABLE counted AS SELECT 1 AS number"))
    held = stopped.connect()
    held.execute(_ADD)

    assert _added(other) == 2
    with pytest.raises(DBAPIError):
        held.execute(_ADD)
    held.close()
    assert _added(stopped) == 3
    stopped.dispose()
    other.dispose()


_ADD = text("UPDATE counted SET number = number + 1 RETURNING number")


def _added(engine: Engine) -> int:
    with engine.begin() as connection:
        return int(connection.scalar(_ADD) or 0)
