"""The registry of the benchmark, a separate program with TLS.

`python -m bench.registry_server CERTIFICATE.pem [--batches]` prints its port and runs until its standard input ends.

A real docker-registry serves a few hundred requests a second on two cores, less than the fastest contestants send, so
it would limit the result. This one implements only what the contestants need, including the check of the token of
every request.
"""

import asyncio
import ssl
import sys
from email.utils import formatdate
from http import HTTPStatus

from bench.registry_answers import Answer, RegistryAnswers

_LOOPBACK = "127.0.0.1"
_END = b"\r\n\r\n"
_BACKLOG = 256
_LONGEST_HEAD = 64 * 1024
_BODILESS = (204, 304)


class Conversation(asyncio.Protocol):
    """One connection: reads requests (GET and HEAD have no bodies) and writes answers."""

    def __init__(self, answers: RegistryAnswers) -> None:
        self._answers = answers
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for writing."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        assert self._transport is not None
        *heads, self._received = (self._received + data).split(_END)
        for head in heads:
            self._transport.write(self._answer(head.decode("latin-1")))
        if len(self._received) > _LONGEST_HEAD:
            self._transport.abort()

    def _answer(self, head: str) -> bytes:
        first, *rest = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        if method not in {"GET", "HEAD"}:
            return _wire(Answer(405), method)
        return _wire(self._answers.answer(target, headers), method)


def _wire(answer: Answer, method: str) -> bytes:
    # The answer to HEAD has the length of the body that GET would send (RFC 9110, 8.6).
    length = () if answer.status in _BODILESS else (("Content-Length", str(len(answer.body))),)
    headers = (*answer.headers, *length, ("Date", formatdate(usegmt=True)))
    lines = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
    )
    body = b"" if method == "HEAD" else answer.body
    return "\r\n".join(lines).encode("latin-1") + _END + body


async def serve(certificate: str, *, batches: bool) -> None:
    """Serve until standard input ends; prints the port when it listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    answers, loop = RegistryAnswers(batches), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(answers), _LOOPBACK, 0, ssl=context, backlog=_BACKLOG)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], batches="--batches" in sys.argv[2:]))
