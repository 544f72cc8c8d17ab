"""A request to Slack ends as a whole by its deadline, however slowly its parts proceed."""

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from provider.notifications.channels.slack import SlackNotifier
from proxy.errors import OutcomeUnknown, Unavailable
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.certificates import self_signed
from tests.peers.dripping import DrippingHost
from tests.provider.notifications.channels.samples import PUBLIC_URL, rebuild
from tests.proxy.clocks import Clock
from tests.proxy.http.test_whole_requests import DRIPS, moving
from tests.proxy.scripted import open_transport

LATE = "Slack's chat.postMessage: .* did not answer completely within"


def notifier(url: str, transport: Transport) -> SlackNotifier:
    """A channel at this host."""
    return SlackNotifier(Secret("xoxb-1"), "b", api_url=f"{url}/api/", public_url=PUBLIC_URL, transport=transport)


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize("secure", [False, True])
def test_a_host_that_drips_is_given_up_at_the_deadline(
    drip: Callable[[], Iterable[bytes]], secure: bool, tmp_path: Path
) -> None:
    """Each byte comes in time, and the answer as a whole does not; the message may have arrived."""
    clock = Clock()
    trusted, private = self_signed("here").write(tmp_path, "here")
    with (
        DrippingHost(drip, moving(clock), certificate=private if secure else None) as host,
        open_transport(clock, trusted=trusted, monotonic=clock.monotonic) as transport,
        pytest.raises(OutcomeUnknown, match=f"{LATE} 20 s"),
    ):
        notifier(host.url, transport).send(rebuild())
    assert host.connections == 1


@pytest.mark.parametrize("status", ["302 Found\r\nLocation: /b", "429 Slow down", "500 Oh", "200 OK"])
def test_the_body_of_every_answer_counts(status: str) -> None:
    """Also of an error, and of a redirect."""
    clock = Clock()
    head = f"HTTP/1.1 {status}\r\nContent-Length: 1000000\r\n\r\n".encode()
    with (
        DrippingHost(lambda: itertools.chain((head,), itertools.repeat(b"b")), moving(clock)) as host,
        open_transport(clock, monotonic=clock.monotonic) as transport,
        pytest.raises(OutcomeUnknown, match=LATE),
    ):
        notifier(host.url, transport).send(rebuild())


def test_nothing_was_sent_where_a_tls_handshake_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the message is sent again later."""
    monkeypatch.setattr("proxy.http.curl.handle.CONNECT_SECONDS", 0.2)
    with (
        DrippingHost(lambda: [b"\x16"], lambda: None, shakes_hands=False) as host,
        open_transport(Clock()) as transport,
        pytest.raises(Unavailable, match="accepted no connection"),
    ):
        notifier(host.url, transport).send(rebuild())
