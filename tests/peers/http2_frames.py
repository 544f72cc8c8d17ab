"""A host that speaks HTTP/2 in single frames, so that a test can send any sequence of them, right or wrong."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers.process import LOOPBACK

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0x0, 0x1, 0x3, 0x4, 0x6, 0x7, 0x9
END_STREAM, END_HEADERS = 0x1, 0x4
STATUS_200 = b"\x88"
"""`:status: 200` by its number in the static table (RFC 7541, appendix A)."""

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD_BYTES = 9
_PATIENCE_SECONDS = 60.0


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame (RFC 9113, 4.1)."""
    return len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload


def answer(stream: int, body: bytes) -> bytes:
    """Status 200 and a body."""
    return frame(HEADERS, END_HEADERS, stream, STATUS_200) + frame(DATA, END_STREAM, stream, body)


class FrameHost:
    """Answers each request with the frames of `script`, which gets the number of its stream.

    `requests` counts requests, `connections` the connections that were accepted.
    """

    def __init__(self, script: Callable[[int], Iterable[bytes]], certificate: Path) -> None:
        """Prepare; `certificate` is a PEM file with key and certificate."""
        self._script = script
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._tls.set_alpn_protocols(["h2"])
        self._listener = socket.create_server((LOOPBACK, 0), backlog=64)
        self._open: set[socket.socket] = set()
        self.requests = 0
        self.connections = 0

    @property
    def host(self) -> str:
        """Address and port."""
        return f"{LOOPBACK}:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Scheme, address and port."""
        return f"https://{self.host}"

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
        with contextlib.suppress(OSError, EOFError), contextlib.ExitStack() as ends:
            ends.callback(self._open.discard, connection)
            ends.enter_context(connection)
            speaking = ends.enter_context(self._tls.wrap_socket(connection, server_side=True))
            stream = ends.enter_context(speaking.makefile("rb"))
            _read(stream.read, len(_PREFACE))
            speaking.sendall(frame(SETTINGS, 0, 0))
            while True:
                head = _read(stream.read, _HEAD_BYTES)
                _read(stream.read, int.from_bytes(head[:3]))
                if head[3] == HEADERS:
                    self.requests += 1
                    for piece in self._script(int.from_bytes(head[5:]) & 0x7FFFFFFF):
                        speaking.sendall(piece)


def _read(source: Callable[[int], bytes], size: int) -> bytes:
    found = source(size)
    if len(found) < size:
        raise EOFError
    return found
