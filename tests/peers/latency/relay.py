"""The delaying relay itself, a program of its own so that it does not compete with the client for Python's lock.

`python relay.py UPSTREAM_PORT ONE_WAY_MS` prints its port and runs until its standard input ends.
"""

import asyncio
import contextlib
import sys
from collections import deque

_LOOPBACK = "127.0.0.1"
_ROUND_TRIP = 2


class Pipe(asyncio.Protocol):
    """One direction of a connection: its input is sent at `other`, `delay` seconds later, in order."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes | None] = deque()
        self._opens_at = 0.0
        self._last_due = 0.0
        self._transport: asyncio.Transport | None = None
        self.other: Pipe | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def open_after(self, delay: float) -> None:
        """Send nothing on before the handshake would have crossed the wire."""
        self._opens_at = self._loop.time() + delay

    def data_received(self, data: bytes) -> None:
        """Send on later."""
        self._later(data)

    def eof_received(self) -> bool:
        """End the other side's input later; the opposite direction continues."""
        self._later(None)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """A broken connection breaks the other side too."""
        if exc is not None and self.other is not None:
            self.other.abort()

    def abort(self) -> None:
        """Break the connection."""
        if self._transport is not None:
            self._transport.abort()

    def write(self, chunk: bytes | None) -> None:
        """Write now; None ends this side's output."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if chunk is None:
            # The other side may be gone already.
            with contextlib.suppress(OSError):
                transport.write_eof()
        else:
            transport.write(chunk)

    def _later(self, chunk: bytes | None) -> None:
        self._waiting.append(chunk)
        # Timers of the same moment are not ordered; a queue keeps the bytes in order whichever fires first.
        due = max(self._loop.time(), self._opens_at) + self._delay
        self._last_due = max(due, self._last_due)
        self._loop.call_at(self._last_due, self._send_first)

    def _send_first(self) -> None:
        chunk = self._waiting.popleft()
        if self.other is not None:
            self.other.write(chunk)


class Accepted(Pipe):
    """A client's side, which connects to the upstream."""

    def __init__(self, delay: float, upstream: int) -> None:
        super().__init__(delay)
        self._upstream = upstream
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect; a client's first bytes wait for a round trip, as TCP's handshake makes them."""
        super().connection_made(transport)
        assert self._transport is not None
        self._transport.pause_reading()
        self.open_after(_ROUND_TRIP * self._delay)
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        assert self._transport is not None
        try:
            _, peer = await self._loop.create_connection(lambda: Pipe(self._delay), _LOOPBACK, self._upstream)
        except OSError:
            self.abort()
            return
        self.other, peer.other = peer, self
        self._transport.resume_reading()


async def relay(upstream: int, delay: float) -> None:
    """Serve until standard input ends; the port is printed once it listens."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Accepted(delay, upstream), _LOOPBACK, 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1]), float(sys.argv[2]) / 1000))
