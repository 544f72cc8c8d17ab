"""An HTTP proxy on loopback: tunnels by CONNECT, plain requests by their absolute address, with a login or without."""

import base64
import contextlib
import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.peers.exchange import Login
from tests.peers.process import LOOPBACK

_PIECE = 65_536
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request to the proxy itself: its first line, and its headers by lower-case name."""

    line: str
    headers: dict[str, str]


class ConnectProxy:
    """Serves at `url` inside the context, and leads every name to loopback, on the port of the request.

    Args:
        login: that requests need.
        refusal: an answer to every request, as bytes; None: requests are passed on. Empty: there is no answer.
    """

    def __init__(self, *, login: Login | None = None, refusal: bytes | None = None) -> None:
        self._login = login
        self._refusal = refusal
        self._listener = socket.create_server((LOOPBACK, 0), backlog=64)
        self._open: set[socket.socket] = set()
        self.requests: list[ProxyRequest] = []

    @property
    def host(self) -> str:
        """Address and port."""
        return f"{LOOPBACK}:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Its address without a login."""
        return f"http://{self.host}"

    @property
    def targets(self) -> list[str]:
        """The hosts or addresses that were asked for, oldest first."""
        return [request.line.split(" ")[1] for request in self.requests]

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
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_SECONDS)
        self._open.add(connection)
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            ends.callback(self._open.discard, connection)
            ends.enter_context(connection)
            head, begun = _read_head(connection)
            line, *rest = head.decode("latin-1").split("\r\n")
            pairs = (each.partition(":")[::2] for each in rest if each)
            request = ProxyRequest(line, {name.lower(): value.strip() for name, value in pairs})
            self.requests.append(request)
            if self._refusal is not None:
                connection.sendall(self._refusal)
                if not self._refusal:
                    connection.recv(1)
            elif not self._knows(request):
                connection.sendall(
                    b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
                )
            else:
                self._pass_on(connection, request, head + b"\r\n\r\n" + begun, ends)

    def _knows(self, request: ProxyRequest) -> bool:
        if self._login is None:
            return True
        expected = base64.b64encode(f"{self._login.user}:{self._login.password}".encode()).decode()
        return request.headers.get("proxy-authorization") == f"Basic {expected}"

    def _pass_on(
        self, connection: socket.socket, request: ProxyRequest, head: bytes, ends: contextlib.ExitStack
    ) -> None:
        method, target, _ = request.line.split(" ")
        host = target if method == "CONNECT" else target.split("/")[2]
        port = int(host.rpartition(":")[2])
        beyond = ends.enter_context(socket.create_connection((LOOPBACK, port), timeout=_PATIENCE_SECONDS))
        self._open.add(beyond)
        ends.callback(self._open.discard, beyond)
        if method == "CONNECT":
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            beyond.sendall(head.replace(target.encode(), path.encode(), 1))
        back = threading.Thread(target=_copy, args=(beyond, connection), daemon=True)
        back.start()
        _copy(connection, beyond)
        back.join(_PATIENCE_SECONDS)


def _read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of a request, and what of its body came with it."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(_PIECE)
        if not piece:
            raise ConnectionError("the client went away")
        received += piece
    head, _, begun = received.partition(b"\r\n\r\n")
    return head, begun


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
