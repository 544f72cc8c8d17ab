"""Reads the bodies of requests within a time limit, so that clients that send nothing do not keep the server's threads.

granian reads a body in one of its blocking threads, without any limit of time, and a read that has begun cannot be
cancelled. So another thread reads, and the server's thread waits for it: some seconds in one of a few places, only a
moment without one. When the time is over, the connection is cut, which ends the thread that reads.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from werkzeug.exceptions import ClientDisconnected, RequestTimeout, ServiceUnavailable

from provider.api.answers.waiting_places import WaitingPlaces
from provider.auth.attempts import network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHUNK_BYTES = 16 * 1024
_RETRY_SECONDS = 5
_FLUSH_SECONDS = 0.05


# A read that has one of the places may take longer: the next 16 KiB or the rest must arrive within the first time, and
# the whole body within the second.
_CHUNK_SECONDS = 5.0
_WHOLE_SECONDS = 60.0
# A read without a place. What has arrived with the head of the request, as usual, takes less than a millisecond.
_MOMENT_SECONDS = 0.05
# A third of the server's threads, and a sixth for one network.
_PLACES, _PLACES_OF_NETWORK = 8, 4


class TimedBodies:
    """A WSGI layer: a body that does not arrive in time is 408, and one without a free place to wait is 503."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner
        self._places = WaitingPlaces(_PLACES, _PLACES_OF_NETWORK)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application with a body that can be read only within the limits."""
        if environ.get("CONTENT_LENGTH", "") in {"", "0"} and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._inner(environ, start_response)
        body = _TimedBody(environ, self._places)
        environ["wsgi.input"] = body

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            return start_response(status, _one_byte_more(headers) if body.late else headers, error)

        try:
            answer = self._inner(environ, start)
        finally:
            body.end()
        return _cut(answer, body.ended) if body.late else answer


def _one_byte_more(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Promise one byte more than the answer has, so that the server must cut the connection after it.

    Otherwise hyper, which granian uses, would read on until the client has sent the whole body. A body that ends early
    ends the connection (hyper, `src/proto/h1/dispatch.rs`: `BodyWriteAborted`).
    """
    others = [(name, value) for name, value in headers if name.lower() not in {"content-length", "connection"}]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return [*others, ("Content-Length", str(length + 1)), ("Connection", "close")]


def _cut(answer: Iterable[bytes], ended: threading.Event) -> Iterator[bytes]:
    """The answer, then time for the server to write it: what is not yet written is lost with the connection."""
    yield from answer
    ended.wait(_FLUSH_SECONDS)
    if close := getattr(answer, "close", None):
        close()


class _TimedBody:
    """The body of one request, as Werkzeug reads it; `late` is set when it did not arrive in time."""

    def __init__(self, environ: "WSGIEnvironment", places: WaitingPlaces) -> None:
        self._reader = _Reader(environ["wsgi.input"])
        length = environ.get("CONTENT_LENGTH", "")
        self._missing = int(length) if length.isdecimal() else None
        self._network = network_of(environ.get("REMOTE_ADDR"))
        self._places = places
        self._until = time.monotonic() + _WHOLE_SECONDS
        self.late = False

    @property
    def ended(self) -> threading.Event:
        """Set when the thread that reads has ended."""
        return self._reader.ended

    def end(self) -> None:
        """Read no more; the thread that reads ends when its last read does."""
        self._reader.end()

    def read(self, size: int) -> bytes:
        """The next bytes, at most 16 KiB; none at the end.

        Raises:
            RequestTimeout, ServiceUnavailable: see `TimedBodies`.
            ClientDisconnected: the client closed the connection before the end.
        """
        chunk = self._next(min(size, _CHUNK_BYTES))
        if self._missing is not None:
            self._missing -= len(chunk)
            if not chunk and self._missing > 0:
                raise ClientDisconnected("The connection was closed before the whole body had arrived.")
        return chunk

    def _next(self, size: int) -> bytes:
        with self._places.place(self._network) as free:
            longest = min(_CHUNK_SECONDS, self._until - time.monotonic()) if free else _MOMENT_SECONDS
            chunk = self._reader.read(size, longest)
        if chunk is not None:
            return chunk
        self.late = True
        if free:
            raise RequestTimeout("The body of the request did not arrive in time. Nothing was changed; send it again.")
        raise ServiceUnavailable(
            "Too many requests wait for their bodies. Try again in a few seconds.", retry_after=_RETRY_SECONDS
        )


class _Reader:
    """Reads from a stream in a thread of its own, which starts with the first read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._asked: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._started = False
        self.ended = threading.Event()

    def read(self, size: int, seconds: float) -> bytes | None:
        """The next bytes, none at the end of the stream; None if they do not arrive in time."""
        self._asked.put(size)
        if not self._started:
            self._started = True
            # Not waited for at the end of the process: a client decides how long it reads.
            threading.Thread(target=self._run, name="request-body", daemon=True).start()
        try:
            return self._answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None

    def end(self) -> None:
        """Let the thread end."""
        self._asked.put(None)

    def _run(self) -> None:
        while (size := self._asked.get()) is not None:
            self._answers.put(self._stream.read(size))
        self.ended.set()
