"""Bodies that do not arrive in time; tests/provider/commands/test_idle_bodies.py has the same with a real server."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from provider.api.answers import timed_bodies
from provider.api.answers.timed_bodies import TimedBodies


class Dripping(io.RawIOBase):
    """A body whose parts arrive when the test says so."""

    def __init__(self, *parts: bytes) -> None:
        super().__init__()
        self._parts = list(parts)
        self.arrives = threading.Event()

    def read(self, size: int = -1) -> bytes:
        """The next part; the last one only after `arrives`."""
        assert size <= 16 * 1024
        if not self._parts:
            assert self.arrives.wait(30)
            return b""
        return self._parts.pop(0)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dripping]:
    """A body of which only the first bytes arrive, with limits of hundredths of a second."""
    for name in ("_CHUNK_SECONDS", "_MOMENT_SECONDS", "_FLUSH_SECONDS"):
        monkeypatch.setattr(timed_bodies, name, 0.02)
    body = Dripping(b"a=")
    yield body
    body.arrives.set()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server would send."""

    status: int
    headers: Headers
    body: bytes


def send(body: io.IOBase, length: int | None, path: str = "/", app: TimedBodies | None = None) -> Answer:
    """Send a request whose body has this length; None: it is sent in chunks."""
    environ = EnvironBuilder(path, method="POST").get_environ()
    environ |= {"wsgi.input": body, "wsgi.input_terminated": True, "REMOTE_ADDR": "192.0.2.1"}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    parts, status, headers = run_wsgi_app(app or reading(), environ)
    return Answer(int(status[:3]), headers, b"".join(parts))


def reading(seen: Callable[[bytes], object] = bytes) -> TimedBodies:
    """An application that reads the whole body."""
    flask = Flask("reads")
    flask.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024

    @flask.post("/")
    def read() -> str:
        seen(request.get_data())
        return "read"

    @flask.post("/ignores")
    def ignore() -> str:
        return "not read"

    return TimedBodies(flask)


@pytest.mark.parametrize("length", [0, 1, 16 * 1024, 16 * 1024 + 1, 1_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_read_whole(length: int, chunked: bool) -> None:
    """A body of any length arrives as it was sent, with and without Content-Length."""
    seen: list[bytes] = []
    sent = bytes(index % 251 for index in range(length))

    answer = send(io.BytesIO(sent), None if chunked else length, app=reading(seen.append))

    assert (answer.status, seen) == (200, [sent])


@pytest.mark.parametrize("length", [16_000, None])
def test_a_body_that_does_not_arrive_is_408_and_cuts_the_connection(idle: Dripping, length: int | None) -> None:
    """The answer promises one byte more than it has, so that the server ends the connection."""
    answer = send(idle, length)

    assert answer.status == 408
    assert int(answer.headers["Content-Length"]) == len(answer.body) + 1
    assert answer.headers["Connection"] == "close"


def test_a_body_that_drips_has_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """However regularly its parts arrive, the whole body has to arrive in time."""
    monkeypatch.setattr(timed_bodies, "_WHOLE_SECONDS", 0.0)
    body = Dripping(b"a", b"b", b"c")

    assert send(body, 16_000).status == 408
    body.arrives.set()


def test_only_a_few_requests_wait(idle: Dripping, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a free place a request waits only a moment, and is 503; one whose body is there is served."""
    monkeypatch.setattr(timed_bodies, "_PLACES_OF_NETWORK", 0)
    app = reading()
    refused = send(idle, 16_000, app=app)
    served = send(io.BytesIO(b"a=1"), 3, app=app)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert served.status == 200


def test_an_answer_without_the_body_needs_no_time(idle: Dripping) -> None:
    """A request that is answered before its body is read starts no thread, and its connection is not cut here."""
    before = set(threading.enumerate())
    answer = send(idle, 16_000, "/ignores")

    assert (answer.status, answer.body) == (200, b"not read")
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert set(threading.enumerate()) <= before


def test_a_body_that_ends_early_is_refused() -> None:
    """A client that closed the connection in the middle has not sent a shorter form."""
    assert send(io.BytesIO(b"a=1"), 10).status == 400
