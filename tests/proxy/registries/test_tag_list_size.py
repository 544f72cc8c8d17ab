"""Registries that refuse a size of the page in a request for tags."""

import pytest

from proxy.errors import Garbage, NotFound, Refused, Unavailable
from proxy.http.transport import Transport
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.scripted import ScriptedHost, registries


@pytest.mark.parametrize("status", [400, 404, 405, 416, 422])
def test_a_registry_that_refuses_a_size_is_asked_without_one(
    transport: Transport, host: ScriptedHost, status: int
) -> None:
    """Once for the first page; the pages after it have the registry's own size."""

    def page(request: Request) -> Answer:
        if "n" in request.query:
            return Answer(status)
        if "last" in request.query:
            return json_answer(200, {"tags": ["2.0"]})
        return json_answer(200, {"tags": ["1.0"]}, ("Link", '</v2/a/tags/list?last=1.0>; rel="next"'))

    host.script = page

    assert list(registries(transport).tags(host.image("a"))) == ["1.0", "2.0"]
    assert host.asked == [
        "GET /v2/a/tags/list?n=1000",
        "GET /v2/a/tags/list",
        "GET /v2/a/tags/list?last=1.0",
    ]


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [(404, NotFound, 2), (400, Garbage, 2), (403, Refused, 1), (500, Unavailable, 1), (429, Unavailable, 1)],
)
def test_what_is_refused_without_a_size_too_is_the_answer(
    transport: Transport, host: ScriptedHost, status: int, error: type[Exception], requests: int
) -> None:
    """A refusal for other reasons, or a failure, is not repeated."""
    host.script = lambda _: Answer(status)
    with pytest.raises(error, match=str(status)):
        list(registries(transport).tags(host.image("a")))

    assert len(host.requests) == requests
