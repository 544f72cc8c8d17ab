"""The server that the Python peers use."""

import pytest
import requests

from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer
from tests.peers.process import PeerFailed


def test_a_peer_that_breaks_fails_its_test() -> None:
    """The client gets a 500, and the end of the context raises the cause."""

    def broken(_: Request) -> Answer:
        raise LookupError("no such thing")

    with pytest.raises(PeerFailed, match="broke while it served") as caught, LoopbackServer(broken) as server:
        assert requests.get(server.url, timeout=60).status_code == 500

    assert isinstance(caught.value.__cause__, LookupError)


def test_connections_are_kept_open_between_requests() -> None:
    """Answers without a body and answers to HEAD keep the connection usable."""
    statuses = iter((204, 304, 200, 200))
    with LoopbackServer(lambda _: Answer(next(statuses), b"body")) as server, requests.Session() as session:
        answers = [session.request(method, server.url, timeout=60) for method in ("GET", "GET", "HEAD", "GET")]

    assert [answer.text for answer in answers] == ["", "", "", "body"]
    assert answers[2].headers["Content-Length"] == "4"


def test_a_chunked_body_arrives_completely() -> None:
    """The peer gets the joined chunks."""
    with LoopbackServer(lambda request: Answer(200, request.body)) as server:
        assert requests.post(server.url, data=iter([b"one ", b"two"]), timeout=60).text == "one two"
