"""HTTP requests to other hosts."""

import logging
import threading
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from proxy.errors import AddressRefused, Garbage, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.clock_skew import ClockDifference
from proxy.http.transport import Transport
from proxy.places import NoPlace, limited_by
from tests.peers.certificates import self_signed
from tests.peers.exchange import Answer, Request
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost, in_turn, open_transport

TOKEN = "Bearer not-to-be-seen"


def redirect(location: str) -> Answer:
    """A temporary redirect."""
    return Answer(307, b"", (("Location", location),))


def test_an_answer_comes_as_it_is(transport: Transport, host: ScriptedHost) -> None:
    """Status, headers in any case, body and query pass unchanged."""
    host.script = lambda _: Answer(418, b"short and stout", (("X-Kind", "teapot"),))
    answer = transport.request("GET", f"{host.url}/pot?lid=on", {"accept": "tea"})

    assert (answer.status, answer.headers["x-kind"], answer.body) == (418, "teapot", b"short and stout")
    assert host.asked == ["GET /pot?lid=on"]
    assert host.requests[0].headers["accept"] == "tea"


def test_without_a_place_nothing_is_sent(transport: Transport, host: ScriptedHost) -> None:
    """A thread of the web server that may not wait now does not; the next request is sent as usual."""
    with limited_by(lambda: 5), pytest.raises(NoPlace):
        transport.request("GET", f"{host.url}/a", {})

    assert host.asked == []
    assert transport.request("GET", f"{host.url}/a", {}).status == 200


def test_connections_are_used_again(transport: Transport, host: ScriptedHost) -> None:
    """Each answer is read to its end, so the next request needs no new connection."""
    for method in ("HEAD", "GET", "HEAD", "GET"):
        transport.request(method, f"{host.url}/a", {})

    assert host.connections == 1


@pytest.mark.parametrize("fault", [Answer(502), Answer(503), Answer(504), None])
def test_named_transient_causes_are_repeated(
    transport: Transport, host: ScriptedHost, clock: Clock, fault: Answer | None
) -> None:
    """A request is repeated twice after a broken connection, 502, 503 or 504, with growing waits."""
    host.script = in_turn(fault, fault, Answer(200, b"at last"))

    assert transport.request("GET", f"{host.url}/a", {}).body == b"at last"
    assert len(host.requests) == 3
    assert clock.slept == [pytest.approx(0.2), pytest.approx(0.4)]


@pytest.mark.parametrize("status", [200, 404, 429, 500])
def test_other_answers_are_not_repeated(transport: Transport, host: ScriptedHost, status: int) -> None:
    """Other statuses are returned at once."""
    host.script = in_turn(Answer(status))

    assert transport.request("GET", f"{host.url}/a", {}).status == status
    assert len(host.requests) == 1


def test_a_503_with_retry_after_is_not_repeated(transport: Transport, host: ScriptedHost) -> None:
    """A 503 with Retry-After is returned to the caller."""
    host.script = in_turn(Answer(503, b"", (("Retry-After", "60"),)))

    assert transport.request("GET", f"{host.url}/a", {}).status == 503
    assert len(host.requests) == 1


def test_a_post_is_never_repeated(transport: Transport, host: ScriptedHost) -> None:
    """A POST whose connection breaks is not sent again, because it may have been carried out."""
    host.script = in_turn(None)
    with pytest.raises(Unavailable, match="broke the connection") as caught:
        transport.request("POST", f"{host.url}/a", {}, body=b"x")
    assert len(host.requests) == 1
    assert not isinstance(caught.value, Unreachable)


def test_a_host_that_keeps_breaking_is_unavailable(transport: Transport, host: ScriptedHost) -> None:
    """After three attempts the message names the host, the problem and the request, without its query."""
    host.script = in_turn(None)
    with pytest.raises(Unavailable, match=f"{host.host} broke the connection.*GET {host.url}/a"):
        transport.request("GET", f"{host.url}/a?secret=x", {})
    assert len(host.requests) == 3


def test_a_host_that_is_down_is_unavailable_at_once(transport: Transport, host: ScriptedHost, clock: Clock) -> None:
    """A refused connection is not tried again; the request was not sent."""
    host.down()
    with pytest.raises(Unreachable, match="refused the connection"):
        transport.request("GET", f"{host.url}/a", {})
    assert clock.slept == []


def test_a_silent_host_is_unavailable(host: ScriptedHost, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request without an answer within the read timeout fails and is not repeated."""
    came, released = threading.Semaphore(0), threading.Event()

    def silent(_: Request) -> Answer:
        came.release()
        assert released.wait(60)
        return Answer(200)

    host.script = silent
    monkeypatch.setattr("proxy.http.curl.loop.READ_SECONDS", 0.1)
    with open_transport(clock) as impatient, pytest.raises(Unavailable, match="sent nothing"):
        impatient.request("GET", f"{host.url}/a", {})
    # The read may time out before the host's thread has read the request.
    assert came.acquire(timeout=60)
    released.set()
    assert len(host.requests) == 1


def test_a_body_has_a_limit(transport: Transport, host: ScriptedHost) -> None:
    """A body above the limit is garbage, a body of exactly the limit is not; the next request works."""
    host.script = lambda _: Answer(200, b"x" * 1000)

    assert len(transport.request("GET", f"{host.url}/a", {}, limit=1000).body) == 1000
    with pytest.raises(Garbage, match="more than 999 bytes"):
        transport.request("GET", f"{host.url}/a", {}, limit=999)
    assert transport.request("GET", f"{host.url}/a", {}, limit=1000).status == 200


def test_redirects_on_the_same_host_keep_all_headers(transport: Transport, host: ScriptedHost) -> None:
    """Up to three redirects are followed; the answer has the final address."""
    host.script = in_turn(redirect("/b"), redirect("c"), redirect(f"{host.url}/d"), Answer(200))
    answer = transport.request("GET", f"{host.url}/a", {"authorization": TOKEN})

    assert answer.url == f"{host.url}/d"
    assert host.asked == ["GET /a", "GET /b", "GET /c", "GET /d"]
    assert {request.authorization for request in host.requests} == {TOKEN}


def test_redirects_end(transport: Transport, host: ScriptedHost) -> None:
    """A fourth redirect is garbage."""
    host.script = in_turn(redirect("/a"))
    with pytest.raises(Garbage, match="more than 3 times"):
        transport.request("GET", f"{host.url}/a", {})
    assert len(host.requests) == 4


def test_a_redirect_to_another_host_needs_permission(transport: Transport, host: ScriptedHost) -> None:
    """With `other_hosts` it is followed, without Authorization; otherwise it is garbage."""
    with ScriptedHost(lambda _: Answer(200, b"blob")) as other:
        host.script = in_turn(redirect(f"{other.url}/blob?signature=s"))
        with pytest.raises(Garbage, match=f"another host, {other.host}"):
            transport.request("GET", f"{host.url}/a", {"authorization": TOKEN})
        assert other.requests == []

        answer = transport.request("GET", f"{host.url}/a", {"Authorization": TOKEN}, other_hosts=True)
        assert answer.body == b"blob"
        assert other.requests[0].authorization == ""


def test_a_redirect_to_our_own_network_is_refused(clock: Clock) -> None:
    """A redirect may lead only to listed hosts there, and by plain http only to insecure ones."""
    with ScriptedHost() as host, ScriptedHost() as other, open_transport(clock, host.host) as transport:
        host.script = in_turn(redirect(f"{other.url}/blob"))
        with pytest.raises(AddressRefused, match=f"http://{other.host} is not https"):
            transport.request("GET", f"{host.url}/a", {}, other_hosts=True)
        host.script = in_turn(redirect("https://metadata.internal/latest"))
        transport.policy = AddressPolicy(insecure_registries=(host.host,), resolver=lambda *_: ["169.254.169.254"])
        with pytest.raises(AddressRefused, match=r"metadata.internal:443 is at 169\.254\.169\.254"):
            transport.request("GET", f"{host.url}/a", {}, other_hosts=True)
        assert other.requests == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "file:///etc/passwd", "http://user:word@127.0.0.1/a", "//x/a"])
def test_addresses_of_other_kinds_are_refused(transport: Transport, url: str) -> None:
    """Other schemes than http and https are refused, and so is a user in the address."""
    with pytest.raises(AddressRefused) as caught:
        transport.request("GET", url, {})
    assert "user:word" not in str(caught.value)


def test_the_connection_goes_to_the_checked_address(host: ScriptedHost, clock: Clock) -> None:
    """A name is resolved once per connection, so a name that resolves differently later changes nothing."""
    answers = [["93.184.215.14", LOOPBACK], [LOOPBACK]]
    port = int(host.host.partition(":")[2])
    policy = AddressPolicy(insecure_registries=["listed.test"], resolver=lambda *_: answers[-1])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    assert transport.request("GET", f"http://listed.test:{port}/a", {}).status == 200
    assert host.requests[0].headers["Host"] == f"listed.test:{port}"

    rebinding = Transport(AddressPolicy(resolver=lambda *_: answers.pop(0)), now=clock.now, sleep=clock.sleep)
    with pytest.raises(AddressRefused, match=r"rebinding\.test"):
        rebinding.request("GET", f"https://rebinding.test:{port}/a", {})
    assert len(answers) == 1
    assert len(host.requests) == 1


def test_every_checked_address_is_tried(host: ScriptedHost, clock: Clock) -> None:
    """If the first address does not answer, the next one is tried."""
    port = int(host.host.partition(":")[2])
    policy = AddressPolicy(insecure_registries=["two.test"], resolver=lambda *_: ["127.0.0.9", LOOPBACK])
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)

    assert transport.request("GET", f"http://two.test:{port}/a", {}).status == 200


def test_certificates_are_checked(tmp_path: Path, clock: Clock) -> None:
    """A certificate of an unknown authority fails the request."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    with ScriptedHost(certificate=private) as host:
        with (
            open_transport(clock) as strict,
            pytest.raises(Unreachable, match="certificate that is not trusted"),
        ):
            strict.request("GET", f"{host.url}/a", {})
        with open_transport(clock, trusted=trusted) as trusting:
            assert trusting.request("GET", f"{host.url}/a", {}).status == 200


def test_the_clock_is_compared_with_every_host_s(transport: Transport, host: ScriptedHost, clock: Clock) -> None:
    """The Date of answers shows how far our clock is off."""
    assert transport.clock_skew() is None
    host.script = lambda _: Answer(200, b"", (("Date", format_datetime(NOW - timedelta(minutes=7), usegmt=True)),))
    transport.request("HEAD", f"{host.url}/a", {})

    assert transport.clock_skew() == ClockDifference(timedelta(minutes=7), (host.host,))


def test_logs_hold_no_secret(transport: Transport, host: ScriptedHost, caplog: pytest.LogCaptureFixture) -> None:
    """At any log level, neither headers nor queries are logged."""
    with caplog.at_level(logging.DEBUG):
        transport.request("GET", f"{host.url}/a?signature=not-to-be-seen", {"authorization": TOKEN})

    assert "/a" in caplog.text
    assert "not-to-be-seen" not in caplog.text


def test_a_redirect_to_an_invalid_address_is_garbage(transport: Transport, host: ScriptedHost) -> None:
    """A `Location` that cannot be read fails the request, and the message names the host."""
    host.script = in_turn(redirect("http://["))
    with pytest.raises(Garbage, match=f"{host.host}/a was redirected to an invalid address"):
        transport.request("GET", f"{host.url}/a", {}, other_hosts=True)


@pytest.mark.parametrize(
    "url", ["http://[", "https://\N{LATIN SMALL LETTER A WITH DIAERESIS}b_/", "https://[::1/a", "https://u:pw@[/"]
)
def test_an_address_without_a_valid_host_is_refused(transport: Transport, url: str) -> None:
    """A host that no parser accepts is AddressRefused, and the message shows no password."""
    with pytest.raises(AddressRefused) as caught:
        transport.request("GET", url, {})
    assert "pw" not in str(caught.value)
