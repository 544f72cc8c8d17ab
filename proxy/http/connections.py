"""Connections that go only to addresses that the policy allows.

`_new_conn` is the method that urllib3's own SOCKS support overrides to open the socket another way.
"""

import socket
import ssl
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from proxy.deadline import time_left
from proxy.http.addresses import AddressPolicy, Scheme
from proxy.http.limited_sockets import limited

CONNECT_SECONDS = 5.0
# A name with many addresses that do not answer must not block a thread for minutes.
ADDRESSES_TRIED = 4


class CheckedHTTPConnection(HTTPConnection):
    """A plain connection to a checked address."""

    def __init__(self, *args: Any, policy: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self._policy = policy

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._policy)


class CheckedHTTPSConnection(HTTPSConnection):
    """A TLS connection to a checked address; the certificate is still checked against the host's name."""

    def __init__(self, *args: Any, policy: AddressPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self._policy = policy

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._policy)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = CheckedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = CheckedHTTPSConnection


def open_pool(
    scheme: Scheme,
    host: str,
    port: int,
    *,
    policy: AddressPolicy,
    connections: int,
    timeout: Timeout,
    tls: ssl.SSLContext,
) -> HTTPConnectionPool:
    """A pool of at most `connections` connections to one host; further callers wait for one.

    Args:
        scheme: of the host.
        host: its name.
        port: its port.
        policy: says which addresses may be connected to.
        connections: to the host at the same time.
        timeout: for connecting and for each read.
        tls: makes the TLS sockets.
    """
    if scheme == "http":
        return _HTTPPool(host, port, timeout=timeout, maxsize=connections, block=True, policy=policy)
    return _HTTPSPool(host, port, timeout=timeout, maxsize=connections, block=True, policy=policy, ssl_context=tls)


def _connect(connection: HTTPConnection, policy: AddressPolicy) -> socket.socket:
    failure: OSError | None = None
    for address in policy.addresses(connection.host, connection.port)[:ADDRESSES_TRIED]:
        try:
            return _connected(connection, address)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from failure
    raise NewConnectionError(connection, f"no connection: {failure}") from failure


def _connected(connection: HTTPConnection, address: str) -> socket.socket:
    seconds = time_left(_seconds(connection))
    plain = create_connection((address, connection.port), seconds, socket_options=connection.socket_options)
    try:
        # The TLS handshake follows, which as a whole takes at most the timeout of this socket.
        return limited(plain, time_left(_seconds(connection)))
    except TimeoutError:
        plain.close()
        raise


def _seconds(connection: HTTPConnection) -> float:
    # urllib3 sets it to the limit for connecting before each connection.
    return connection.timeout if isinstance(connection.timeout, int | float) else CONNECT_SECONDS
