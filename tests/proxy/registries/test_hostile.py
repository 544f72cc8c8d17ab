"""One hostile repository of a registry: bounded in time and memory, and the others of the same sweep unharmed."""

import itertools
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest

from proxy.errors import Garbage, OutsideFailure, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, registries

GOOD = [f"good{number:02}" for number in range(11)]
WHOLE_SECONDS = 1.0
MEGABYTE = 1024 * 1024

RAW: dict[str, Callable[[], Iterable[bytes]]] = {
    "drips a header": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\nX-A: ",), _slowly(b"a")),
    "drips headers": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\n",), _slowly(b"X-A: a\r\n")),
    "drips a status": lambda: _slowly(b"H"),
    "6 MB of headers": lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\n",), itertools.repeat(b"X-A: " + b"a" * 1000 + b"\r\n", 6000), (b"\r\n",)
    ),
    "6 MB in one header": lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\nX-A: ",), itertools.repeat(b"a" * 100_000, 60), (b"\r\n\r\n",)
    ),
    "headers without end": lambda: itertools.chain((b"HTTP/1.1 200 OK\r\n",), itertools.repeat(b"X-A: a\r\n" * 1000)),
    "continues without end": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a body without end": lambda: itertools.chain(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",),
        itertools.repeat(b"10000\r\n" + b"b" * 65_536 + b"\r\n"),
    ),
    "no answer": lambda: iter(()),
}


def _slowly(piece: bytes) -> Iterator[bytes]:
    """The piece again and again, each with time between them."""
    gate = time.monotonic()
    while time.monotonic() - gate < 10 * WHOLE_SECONDS:
        yield piece


@cache
def bomb() -> bytes:
    """256 MB of a JSON text in less than 300 kB."""
    packer = zlib.compressobj(level=9, wbits=zlib.MAX_WBITS | 16)
    parts = [packer.compress(b'{"schemaVersion": 2, "a": "')]
    parts += [packer.compress(b" " * MEGABYTE) for _ in range(256)]
    return b"".join((*parts, packer.flush()))


def moved(request: Request) -> Answer:
    """A redirect to the other of two addresses."""
    other = request.target.removesuffix("x") if request.target.endswith("x") else f"{request.target}x"
    return Answer(307, b"", (("Location", other),))


HOSTILE: dict[str, Callable[[Request], Answer | None]] = {
    "a circle": moved,
    "a circle to itself": lambda request: Answer(302, b"", (("Location", request.target),)),
    "a bomb": lambda _: Answer(200, bomb(), (("Content-Encoding", "gzip"),)),
    "a bomb in a bomb": lambda _: Answer(200, bomb(), (("Content-Encoding", "gzip, gzip"),)),
    "a bomb for HEAD too": lambda request: (
        Answer(200, b"", (("Content-Encoding", "gzip"),)) if request.method == "HEAD" else Answer(200, bomb())
    ),
    "a large manifest": lambda _: Answer(200, b" " * (5 * MEGABYTE)),
    "no answer": lambda _: None,
    "a deep document": lambda _: Answer(200, b"[" * 2_000_000),
    "a large error": lambda _: Answer(403, b"no " * 300_000),
    "half a manifest": lambda _: Answer(200, b'{"schemaVersion": 2'),
}


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport whose requests end sooner than in production, so that the tests do too."""
    clock = Clock()
    policy = AddressPolicy(private_hosts=(LOOPBACK,), insecure_registries=(LOOPBACK,))
    transport = Transport(policy, now=clock.now, sleep=clock.sleep, whole_seconds=WHOLE_SECONDS)
    yield transport
    transport.close()


def swept(transport: Transport, host: ScriptedHost) -> OutsideFailure:
    """The failure of the hostile repository, after a sweep in which all others are answered in time."""
    wanted = [(host.image(f"{name}:1"), None) for name in (*GOOD[:5], "hostile", *GOOD[5:])]
    began = time.monotonic()
    answers = {reference.repository: answer for reference, answer in registries(transport).check(wanted)}
    took = time.monotonic() - began

    failure = answers.pop("hostile")
    assert isinstance(failure, OutsideFailure)
    assert answers == dict.fromkeys(GOOD, DIGEST)
    # HEAD and GET, each with its whole time, on a machine that does other things too.
    assert took < 2 * WHOLE_SECONDS + 8.0
    return failure


@pytest.mark.parametrize("play", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_repository_stops_no_other(
    transport: Transport, host: ScriptedHost, play: Callable[[Request], Answer | None]
) -> None:
    """Eleven others of its registry are checked; its own failure is one that is foreseen, and short."""
    # Made before, since that takes as long as a request may.
    bomb()
    host.script = lambda request: play(request) if "hostile" in request.path else FOUND
    failure = swept(transport, host)

    assert "unexpected" not in str(failure)
    assert len(str(failure)) < 600


@pytest.mark.parametrize("pieces", RAW.values(), ids=RAW)
def test_a_hostile_host_behind_a_redirect_stops_no_other(
    transport: Transport, host: ScriptedHost, pieces: Callable[[], Iterable[bytes]]
) -> None:
    """A registry leads one of its images to a host that drips or swells."""
    ended = threading.Event()
    with DrippingHost(pieces, lambda: ended.wait(0.0005)) as elsewhere:
        there = Answer(307, b"", (("Location", f"{elsewhere.url}/v2/hostile/manifests/1"),))
        host.script = lambda request: there if "hostile" in request.path else FOUND
        failure = swept(transport, host)
        ended.set()

    assert isinstance(failure, Unavailable | Garbage)
    assert "unexpected" not in str(failure)


def test_an_endless_list_of_tags_holds_up_no_sweep(transport: Transport, host: ScriptedHost) -> None:
    """While one list is read page after page, the images of the registry are checked; then the list ends."""
    numbers = itertools.count()

    def play(request: Request) -> Answer:
        if "/tags/" not in request.path:
            return FOUND
        number = next(numbers)
        return json_answer(200, {"tags": [f"1.{number}"]}, ("Link", f"<?last={number % 500}>; rel=next"))

    host.script = play
    registry = registries(transport)
    tags = registry.tags(host.image("hostile"))
    assert next(tags) == "1.0"
    wanted = [(host.image(f"{name}:1"), None) for name in GOOD]
    assert {answer for _, answer in registry.check(wanted)} == {DIGEST}
    with pytest.raises(Garbage, match="501 tags are known"):
        list(tags)


@pytest.mark.parametrize("name", ["a bomb", "a large manifest", "a bomb in a bomb"])
def test_what_is_unpacked_is_bounded(transport: Transport, host: ScriptedHost, name: str) -> None:
    """A manifest has at most 4 MB, however small it is on the wire."""
    host.script = HOSTILE[name]
    bomb()
    tracemalloc.start()
    try:
        with pytest.raises(Garbage):
            registries(transport).manifest(host.image("hostile:1"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 40 * MEGABYTE


def test_links_in_several_headers_are_read(transport: Transport, host: ScriptedHost) -> None:
    """Each header may have one relation."""
    first = (("Link", '</v2/>; rel="first"'), ("link", '<?last=1.0>; rel="next"'), ("LINK", '</v2/>; rel="last"'))
    host.script = lambda request: (
        json_answer(200, {"tags": ["2.0"]}) if "last" in request.query else json_answer(200, {"tags": ["1.0"]}, *first)
    )

    assert list(registries(transport).tags(host.image("a"))) == ["1.0", "2.0"]
