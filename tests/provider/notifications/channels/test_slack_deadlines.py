"""A request to Slack ends as a whole by its deadline, however slowly its parts proceed."""

import itertools
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from provider.notifications.channels.slack import SlackNotifier
from proxy.errors import OutcomeUnknown
from proxy.secrets.secret import Secret
from tests.peers.certificates import self_signed
from tests.peers.dripping import DrippingHost
from tests.peers.process import LOOPBACK
from tests.provider.notifications.channels.samples import PUBLIC_URL, rebuild
from tests.proxy.clocks import Clock
from tests.proxy.http.test_whole_requests import DRIPS, moving

LATE = "Slack's chat.postMessage did not answer completely within"


def notifier(url: str, clock: Clock) -> SlackNotifier:
    """A channel at this host."""
    return SlackNotifier(Secret("xoxb-1"), "b", api_url=f"{url}/api/", public_url=PUBLIC_URL, monotonic=clock.monotonic)


@pytest.fixture
def clock() -> Clock:
    """A clock that only peers move."""
    return Clock()


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize("secure", [False, True])
def test_a_host_that_drips_is_given_up_at_the_deadline(
    drip: Callable[[], Iterable[bytes]], secure: bool, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, and the answer as a whole does not; the message may have arrived."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with (
        DrippingHost(drip, moving(clock), certificate=private if secure else None) as host,
        pytest.raises(OutcomeUnknown, match=f"{LATE} 20 s"),
    ):
        notifier(host.url, clock).send(rebuild())
    assert host.connections == 1


@pytest.mark.parametrize("status", ["302 Found\r\nLocation: /b", "429 Slow down", "500 Oh", "200 OK"])
def test_the_body_of_every_answer_counts(status: str, clock: Clock) -> None:
    """Also of an error, and of a redirect."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: 1000000\r\n\r\n".encode()
    with (
        DrippingHost(lambda: itertools.chain((head,), itertools.repeat(b"b")), moving(clock)) as host,
        pytest.raises(OutcomeUnknown, match=LATE),
    ):
        notifier(host.url, clock).send(rebuild())


@pytest.mark.parametrize("pieces", [b"", b"\x16\x03\x03\x40\x00"], ids=["silent", "begun"])
def test_a_tls_handshake_that_does_not_end_is_given_up(pieces: bytes) -> None:
    """It has the time of the whole request."""
    with (
        DrippingHost(lambda: (each.to_bytes() for each in pieces), lambda: None, shakes_hands=False) as host,
        pytest.raises(OutcomeUnknown, match=rf"{LATE} 0\.2 s"),
    ):
        SlackNotifier(Secret("xoxb-1"), "b", api_url=f"{host.url}/api/", public_url=PUBLIC_URL, whole_seconds=0.2).send(
            rebuild()
        )


def test_a_proxy_that_drips_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer to the request for a tunnel counts too."""
    with DrippingHost(DRIPS["many headers"], moving(clock)) as host:
        monkeypatch.setenv("HTTPS_PROXY", host.url)
        with pytest.raises(OutcomeUnknown, match=LATE):
            notifier("https://slack.example.com", clock).send(rebuild())


def test_a_host_that_does_not_answer_is_given_up() -> None:
    """The connection is there, and nothing comes."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}/api/"
        with pytest.raises(OutcomeUnknown, match=LATE):
            SlackNotifier(Secret("xoxb-1"), "b", api_url=url, public_url=PUBLIC_URL, whole_seconds=0.2).send(rebuild())


def test_a_redirect_to_a_file_is_not_followed(clock: Clock) -> None:
    """Nor to ftp: only http and https are opened."""
    answers = [b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/a\r\nContent-Length: 0\r\n\r\n"]
    with DrippingHost(lambda: answers, lambda: None) as host, pytest.raises(OutcomeUnknown, match="connection broke"):
        notifier(host.url, clock).send(rebuild())
