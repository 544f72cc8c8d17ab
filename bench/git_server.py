"""The git server of the benchmark, a separate program: sends recorded answers of real repositories, over TLS.

`python -m bench.git_server FOLDER CERTIFICATE.pem` prints its port and runs until its standard input ends.
"""

import asyncio
import re
import ssl
import sys
from pathlib import Path

from bench.git_recordings import Recording, number_of, recordings

_LOOPBACK = "127.0.0.1"
_END = b"\r\n\r\n"
_BACKLOG = 256
_LONGEST = 64 * 1024
_SERVICE = "git-upload-pack"
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class Conversation(asyncio.Protocol):
    """One connection: reads requests and writes answers."""

    def __init__(self, kept: list[Recording]) -> None:
        self._kept = kept
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for writing."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        assert self._transport is not None
        self._received += data
        while _END in self._received:
            head, _, rest = self._received.partition(_END)
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                break
            self._transport.write(self._answer(head, rest[:length]))
            self._received = rest[length:]
        if len(self._received) > _LONGEST:
            self._transport.abort()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        method, target, _ = head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
        path = target.partition("?")[0].lstrip("/")
        if b"version=2" not in head:
            return _wire(505, "text/plain", b"this server speaks git's protocol v2 only")
        if method == "GET" and path.endswith("/info/refs"):
            recording = self._kept[number_of(path.removesuffix("/info/refs"))]
            return _wire(200, f"application/x-{_SERVICE}-advertisement", recording.advertisement)
        if method == "POST" and path.endswith(_SERVICE) and b"command=ls-refs" in body and b"refs/tags/" in body:
            recording = self._kept[number_of(path.removesuffix(f"/{_SERVICE}"))]
            return _wire(200, f"application/x-{_SERVICE}-result", recording.refs)
        return _wire(404, "text/plain", b"not recorded")


def _wire(status: int, kind: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(folder: str, certificate: str) -> None:
    """Serve until standard input ends; prints the port when it listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    kept, loop = recordings(Path(folder)), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(kept), _LOOPBACK, 0, ssl=context, backlog=_BACKLOG)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
