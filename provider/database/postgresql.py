"""Connections to PostgreSQL: what a lost machine, or a process that stands still, has locked is free after a minute.

Without this a server keeps the session of a machine that has vanished for two hours, with all its locks, and a client
waits as long for a server that has (tcp(7), `tcp_keepalive_time`). Where the address itself names a parameter, that
one holds.
"""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

IDLE_SECONDS = 60
"""A transaction in which a process has done nothing for so long is ended by the server, and its locks with it."""

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


def postgresql_engine(url: URL, **options: Any) -> Engine:
    """An engine whose connections notice what has vanished; the caller disposes of it.

    Args:
        url: with any driver's name; psycopg is used.
        options: of SQLAlchemy's `create_engine`.
    """
    engine = create_engine(url.set(drivername="postgresql+psycopg"), connect_args=client_arguments(url), **options)
    settings = _of_server(str(url.query.get("options", "")))

    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Not as options of the connection, which poolers between refuse.
        with closing(connection.cursor()) as cursor:
            cursor.execute(settings)
        connection.commit()

    if settings:
        event.listen(engine, "connect", connected)
    return engine


def client_arguments(url: URL) -> dict[str, Any]:
    """The parameters of libpq that the address does not name."""
    return {name: value for name, value in _OF_CLIENT.items() if name not in url.query}


def _of_server(named: str) -> str:
    # PostgreSQL, "Connections and Authentication" and "Statement Behavior". Through a socket of Unix, those of TCP mean
    # nothing.
    values = {
        "tcp_keepalives_idle": _SILENT_SECONDS,
        "tcp_keepalives_interval": _PROBE_SECONDS,
        "tcp_keepalives_count": _PROBES,
        "tcp_user_timeout": _UNACKNOWLEDGED_MILLISECONDS,
        "idle_in_transaction_session_timeout": int(IDLE_SECONDS * 1000),
    }
    settings = [f"set_config('{name}', '{value}', false)" for name, value in values.items() if name not in named]
    return f"SELECT {', '.join(settings)}" if settings else ""
