"""A host that sends its answer in pieces for as long as it is read: headers, a body or a TLS handshake without end."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers.process import LOOPBACK

_PATIENCE_SECONDS = 60.0


class DrippingHost:
    """Serves raw bytes at `url`, on a port that the system selects, inside the context.

    Args:
        pieces: makes the pieces of one answer; each answer ends with its last piece.
        before_each: called before every piece: moves a clock.
        certificate: a PEM file with key and certificate; given, the host speaks TLS.
        shakes_hands: whether it answers a TLS handshake; otherwise the pieces come in its place.
    """

    def __init__(
        self,
        pieces: Callable[[], Iterable[bytes]],
        before_each: Callable[[], object],
        *,
        certificate: Path | None = None,
        shakes_hands: bool = True,
    ) -> None:
        self._pieces = pieces
        self._before_each = before_each
        self._secure = certificate is not None or not shakes_hands
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if certificate:
            self._tls.load_cert_chain(certificate)
        self._wraps = certificate is not None and shakes_hands
        self._listener = socket.create_server((LOOPBACK, 0), backlog=64)
        self._open: set[socket.socket] = set()
        self.connections = 0

    @property
    def host(self) -> str:
        """Address and port."""
        return f"{LOOPBACK}:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Scheme, address and port."""
        return f"{'https' if self._secure else 'http'}://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_SECONDS)
        self._open.add(connection)
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            ends.callback(self._open.discard, connection)
            ends.enter_context(connection)
            speaking = connection
            if self._wraps:
                speaking = ends.enter_context(self._tls.wrap_socket(connection, server_side=True))
            while speaking.recv(65_536):
                for piece in self._pieces():
                    self._before_each()
                    speaking.sendall(piece)
