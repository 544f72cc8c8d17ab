"""Sockets whose every wait ends by the deadline of the request.

A socket's own timeout limits each read, not their number: a host that sends a byte now and then holds a request for
ever. So the timeout is computed anew before each read and write, from what the deadline leaves. The alternative, a
thread that shuts sockets down at their deadlines, needs to know the socket of each request (urllib3 hides it during the
TLS handshake), races with connections that have just returned to their pool, and wakes for every request.
"""

import socket
import ssl
from typing import TYPE_CHECKING, Any

from proxy.deadline import time_left

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class LimitedSocket(socket.socket):
    """A plain socket."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Receive once; TimeoutError when the time of the request is over."""
        _limit(self)
        return super().recv_into(*args, **options)

    def sendall(self, *args: Any, **options: Any) -> None:
        """Send everything; the socket's timeout limits the whole of it."""
        _limit(self)
        super().sendall(*args, **options)


class LimitedTLSSocket(ssl.SSLSocket):
    """A TLS socket; its handshake has a limit of its own, the timeout of the socket below it."""

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """Receive once; TimeoutError when the time of the request is over."""
        _limit(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        """Send once; `sendall` calls it until everything is sent."""
        _limit(self)
        return super().send(data, flags)


def limited(plain: socket.socket, timeout: float) -> LimitedSocket:
    """The same connection as a limited socket, with this timeout for each wait; `plain` cannot be used any more."""
    limited_socket = LimitedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    limited_socket.settimeout(timeout)
    return limited_socket


def _limit(open_socket: socket.socket) -> None:
    timeout = open_socket.gettimeout()
    if timeout is not None and (left := time_left(timeout)) < timeout:
        open_socket.settimeout(left)
