"""Connections to PostgreSQL: the locks of a machine that has vanished are released after a minute.

Without this a server keeps the session of such a machine for two hours, with all its locks, and a client waits as long
for a server that has vanished (tcp(7), `tcp_keepalive_time`). The rows of a transaction in which a process has stopped
are released after a minute too. What the address, the role or the server's own configuration says stays as it is.
"""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

IDLE_SECONDS = 60
"""The server ends a transaction in which a process has done nothing for so long."""

_SILENT_SECONDS = 30
_PROBE_SECONDS = 10
_PROBES = 3
_CONNECT_SECONDS = 10
_UNACKNOWLEDGED_MILLISECONDS = (_SILENT_SECONDS + _PROBES * _PROBE_SECONDS) * 1000
# libpq, "Parameter Key Words".
_OF_CLIENT: Mapping[str, int] = {
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": _SILENT_SECONDS,
    "keepalives_interval": _PROBE_SECONDS,
    "keepalives_count": _PROBES,
    "tcp_user_timeout": _UNACKNOWLEDGED_MILLISECONDS,
}
# PostgreSQL, "pg_settings": the source of what nobody has set.
_SET = """
    SELECT set_config(name, value, false)
    FROM (VALUES {values}) AS wanted (name, value) JOIN pg_settings USING (name)
    WHERE source = 'default'
"""
_QUICK_CLIENT = {"connect_timeout": 2, "tcp_user_timeout": 5_000}
_QUICK_MILLISECONDS = 1_000


def postgresql_engine(url: URL, **options: Any) -> Engine:
    """An engine whose connections notice what has vanished; the caller disposes of it.

    Args:
        url: with any driver's name; psycopg is used.
        options: of SQLAlchemy's `create_engine`.
    """
    return _engine(url, client_arguments(url), _of_server(), options)


def quick_postgresql_engine(url: URL) -> Engine:
    """An engine for one thread at a time, whose statements give up after about a second.

    A connection is tried for two seconds, whatever the address says.
    """
    settings = {**_of_server(), "statement_timeout": _QUICK_MILLISECONDS}
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": _QUICK_MILLISECONDS / 1000, "pool_pre_ping": True}
    return _engine(url, {**client_arguments(url), **_QUICK_CLIENT}, settings, options)


def client_arguments(url: URL) -> dict[str, Any]:
    """The parameters of libpq that the address does not name."""
    return {name: value for name, value in _OF_CLIENT.items() if name not in url.query}


def _engine(url: URL, client: Mapping[str, Any], server: Mapping[str, int], options: Mapping[str, Any]) -> Engine:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), connect_args=dict(client), **options)
    values = ", ".join(f"('{name}', '{value}')" for name, value in server.items())

    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Not as options of the connection, which poolers between refuse.
        with closing(connection.cursor()) as cursor:
            cursor.execute(_SET.format(values=values))
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine


def _of_server() -> dict[str, int]:
    # PostgreSQL, "Connections and Authentication" and "Statement Behavior". Those of TCP have no effect on a connection
    # through a Unix socket.
    return {
        "tcp_keepalives_idle": _SILENT_SECONDS,
        "tcp_keepalives_interval": _PROBE_SECONDS,
        "tcp_keepalives_count": _PROBES,
        "tcp_user_timeout": _UNACKNOWLEDGED_MILLISECONDS,
        "idle_in_transaction_session_timeout": int(IDLE_SECONDS * 1000),
    }
