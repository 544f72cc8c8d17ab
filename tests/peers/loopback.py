"""An HTTP/1.1 server on loopback for one function from request to answer; it can go down and come up again."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK, PeerFailed, reserved_port

Respond = Callable[[Request], Answer | None]
"""A request's answer; None closes the connection without one."""

# Statuses whose answers have no body and no length (RFC 9110, 8.6).
_BODILESS = (204, 304)


class LoopbackServer:
    """Serves `respond` at `url`, on a port that the system selects, inside the context.

    What `respond` raises is answered 500, kept in `failures`, and raised when the context ends without another error.
    `connections` counts those that were accepted.
    """

    def __init__(self, respond: Respond, *, certificate: Path | None = None) -> None:
        """Prepare; nothing listens yet.

        Args:
            respond: called in a thread of its own for each connection.
            certificate: a PEM file with key and certificate; given, the server speaks TLS.
        """
        self.failures: list[Exception] = []
        self.connections = 0
        self._respond = respond
        self._certificate = certificate
        self._ends = contextlib.ExitStack()
        self._port = 0
        self._listener: _Listener | None = None

    @property
    def host(self) -> str:
        """Address and port, as image references name a registry."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def url(self) -> str:
        """Scheme, address and port, without a slash at the end."""
        return f"{'https' if self._certificate else 'http'}://{self.host}"

    def __enter__(self) -> Self:
        self._port = self._ends.enter_context(reserved_port())
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self.down()
        self._ends.close()
        if self.failures and kind is None:
            raise PeerFailed(f"{type(self).__name__} broke while it served") from self.failures[0]

    def up(self) -> None:
        """Accept connections on the same port as before; does nothing if it is already up."""
        if self._listener is None:
            self._listener = _Listener(self._port, self._safely, self._certificate, self._count)
            threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        """Close open connections and refuse new ones; does nothing if it is already down."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def _count(self) -> None:
        self.connections += 1

    def _safely(self, request: Request) -> Answer | None:
        try:
            return self._respond(request)
        except Exception as error:  # noqa: BLE001 - a peer's own mistake must reach the test, not only the client
            self.failures.append(error)
            return Answer(500, f"the peer broke: {error!r}".encode())


class _Listener(ThreadingHTTPServer):
    """Keeps its open connections, so that it can close them when it stops."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond, certificate: Path | None, accepted: Callable[[], None]) -> None:
        super().__init__((LOOPBACK, port), _Conversation)
        self.respond = respond
        self._accepted = accepted
        self._tls = _tls_context(certificate) if certificate else None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """A connection; the connection's own thread does the TLS handshake."""
        connection, address = super().get_request()
        self._accepted()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close and remove a connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the server keeps a peer's errors, and clients may close connections at any time."""

    def stop(self) -> None:
        """End the serving thread, then every open connection."""
        self.shutdown()
        self.server_close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Conversation(BaseHTTPRequestHandler):
    """One connection: reads requests and sends answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def _answer(self) -> None:
        answer = self.server.respond(Request(self.command, self.path, self.headers, self._body()))
        if answer is None:
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if answer.header("Date") is None:
            self.send_header("Date", formatdate(usegmt=True))
        if answer.status not in _BODILESS:
            # An answer to HEAD tells the length of what GET would send.
            length = answer.header("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in _BODILESS:
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names given by http.server

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return b"".join(parts)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name in http.server
        """Print nothing; the peers keep their own logs."""


def _tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
