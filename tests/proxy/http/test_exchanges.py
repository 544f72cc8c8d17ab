"""Many exchanges by one thread."""

import threading
from collections.abc import Iterator

from proxy.http.exchange import Answer as Received
from proxy.http.exchange import Request
from proxy.http.exchanges import Exchanges
from proxy.http.transport import Transport
from tests.peers.exchange import Answer
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport


def get(url: str) -> Request:
    """A request without headers."""
    return Request("GET", url, {}, None, 1000)


def every(exchanges: Exchanges[int]) -> Iterator[tuple[int, Received | None]]:
    """What ends, until nothing is in progress."""
    while exchanges:
        yield from exchanges.ended(10)


def test_each_answer_comes_with_its_key(transport: Transport, host: ScriptedHost) -> None:
    """Also a failure of the host is an answer; redirects and repeats are left to others."""
    statuses = {1: 200, 2: 307, 3: 503, 4: 404}
    host.script = lambda request: Answer(statuses[int(request.path[1:])], b"", (("Location", "/1"),))
    transport.request("GET", f"{host.url}/1", {})
    exchanges: Exchanges[int] = Exchanges(transport)
    for number in statuses:
        assert exchanges.begin(number, get(f"{host.url}/{number}"))

    assert {key: answer and answer.status for key, answer in every(exchanges)} == statuses
    assert len(host.requests) == 1 + len(statuses)


def test_what_cannot_be_sent_does_not_begin(transport: Transport, host: ScriptedHost) -> None:
    """An address that is not allowed, no address, or a header that cannot be sent."""
    exchanges: Exchanges[int] = Exchanges(transport)
    for number, url in enumerate(("http://169.254.169.254/", "https://[/", "")):
        assert not exchanges.begin(number, get(url))
    assert not exchanges.begin(9, Request("GET", f"{host.url}/", {"x": "a\r\nb"}, None, 10))
    assert len(exchanges) == 0
    assert not host.requests


def test_a_connection_that_fails_is_no_answer(transport: Transport, host: ScriptedHost) -> None:
    """And its key comes back."""
    exchanges: Exchanges[int] = Exchanges(transport)
    host.script = lambda _: None
    assert exchanges.begin(1, get(f"{host.url}/"))
    assert list(every(exchanges)) == [(1, None)]

    host.down()
    assert exchanges.begin(2, get(f"{host.url}/"))
    assert list(every(exchanges)) == [(2, None)]


def test_closing_frees_the_turns_of_the_host(host: ScriptedHost, clock: Clock) -> None:
    """More exchanges than the host gets at a time do not begin; those that are given up hold up no later request."""
    over = threading.Event()
    host.script = lambda request: Answer(200) if request.path == "/quick" or over.wait(20) else None
    with open_transport(clock) as transport:
        exchanges: Exchanges[int] = Exchanges(transport)
        begun = [number for number in range(100) if exchanges.begin(number, get(f"{host.url}/{number}"))]
        assert begun == list(range(64))
        assert sorted(exchanges.close()) == begun
        assert len(exchanges) == 0

        assert transport.request("GET", f"{host.url}/quick", {}).status == 200
        over.set()
