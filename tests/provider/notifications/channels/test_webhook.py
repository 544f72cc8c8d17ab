"""The webhook for releases: what is sent, and the meaning of each answer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provider.notifications.channels.webhook import ReleasesWebhook
from provider.notifications.failures import ChannelClosed, MessageRefused
from proxy.errors import AddressRefused, OutcomeUnknown, OutsideFailure, Unavailable
from proxy.secrets.secret import Secret
from tests.peers.release_events import SECRET, ReleaseReceiver
from tests.provider.notifications.channels.samples import PUBLIC_URL, release, releases
from tests.proxy.scripted import real_transport

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[ReleaseReceiver]:
    """A receiver; what breaks the specification fails the test."""
    with ReleaseReceiver() as running:
        yield running
        assert running.breaches == []


def webhook(receiver: ReleaseReceiver, secret: str = SECRET) -> ReleasesWebhook:
    """The channel under test."""
    address = f"{receiver.url}/hooks/secret-path"
    return ReleasesWebhook(address, Secret(secret), public_url=PUBLIC_URL, transport=real_transport(), now=lambda: NOW)


def test_tracker_releases_are_sent_as_a_signed_cloud_event(receiver: ReleaseReceiver) -> None:
    """Its id is that of the message, its source the address of the service, its time when the message was put."""
    put_at = NOW - timedelta(minutes=3)
    message = replace(releases(release("2.0.0", hash="abc")), put_at=put_at)
    webhook(receiver).send(message)

    (event,) = receiver.events.values()
    assert (event.get_id(), event.get_source(), event.get_subject()) == ("releases:7:1", PUBLIC_URL, "tool")
    assert event.get_time() == put_at
    (data,) = receiver.data()
    assert data["repository"] == {"id": 7, "name": "tool", "url": "https://github.com/acme/tool", "type": "github"}
    (found,) = data["releases"]
    assert (found["version"], found["hash"], found["prerelease"]) == ("2.0.0", "abc", False)


def test_an_event_that_is_sent_again_has_the_same_id(receiver: ReleaseReceiver) -> None:
    """So a receiver can drop it; another body has another id."""
    channel = webhook(receiver)
    receipt = channel.send(releases())
    channel.send(releases())
    channel.update(replace(releases(release("2.0.0")), revision=2), receipt)

    assert (list(receiver.events), receiver.doubles) == (["releases:7:1", "releases:7:1:2"], 1)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_counts(receiver: ReleaseReceiver, status: int) -> None:
    """The answer has no content that matters."""
    receiver.status = status
    assert webhook(receiver).send(releases()) == "releases:7:1"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "RELEASES_WEBHOOK_SECRET"),
        (403, "RELEASES_WEBHOOK_SECRET"),
        (404, "RELEASES_WEBHOOK_URL"),
        (405, "RELEASES_WEBHOOK_URL"),
        (410, "remove it"),
        (415, "application/cloudevents+json"),
        (302, "RELEASES_WEBHOOK_URL"),
        (418, "RELEASES_WEBHOOK_URL"),
        (499, "RELEASES_WEBHOOK_URL"),
    ],
)
def test_answers_about_the_configuration_stop_all_events(receiver: ReleaseReceiver, status: int, remedy: str) -> None:
    """The remedy names the setting; the error names the host, and not the path. 410 asks for no further tries."""
    receiver.fail(status)
    with pytest.raises(ChannelClosed) as closed:
        webhook(receiver).send(releases())

    assert remedy in closed.value.remedy
    assert "secret-path" not in str(closed.value)
    assert closed.value.retried is (status != 410)
    assert closed.value.documented is (status not in (418, 499))


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_answers_about_the_content_stop_one_event(receiver: ReleaseReceiver, status: int) -> None:
    """The next one is taken."""
    receiver.fail(status)
    with pytest.raises(MessageRefused, match=str(status)):
        webhook(receiver).send(releases())
    assert webhook(receiver).send(releases())


@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("soon", 60), ("", 60)])
def test_a_limit_names_the_time_of_the_next_try(receiver: ReleaseReceiver, header: str, seconds: int) -> None:
    """Without one that can be read it is a minute."""
    receiver.fail(429, {"Retry-After": header} if header else {})
    with pytest.raises(Unavailable) as caught:
        webhook(receiver).send(releases())
    assert caught.value.retry_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_the_outcome_of_a_server_error_is_not_known(receiver: ReleaseReceiver, status: int) -> None:
    """The event is sent again."""
    receiver.fail(status)
    with pytest.raises(OutcomeUnknown):
        webhook(receiver).send(releases())


def test_a_receiver_that_is_down_gets_nothing(receiver: ReleaseReceiver) -> None:
    """The event certainly did not arrive."""
    receiver.down()
    with pytest.raises(Unavailable):
        webhook(receiver).send(releases())


def _long(receiver: ReleaseReceiver) -> None:
    receiver.fail(202, {"X-Long": "x" * 400_000})


@pytest.mark.parametrize(
    "fails", [ReleaseReceiver.down, ReleaseReceiver.lose_request, ReleaseReceiver.lose_answer, _long]
)
def test_no_error_shows_the_path(receiver: ReleaseReceiver, fails: Callable[[ReleaseReceiver], None]) -> None:
    """It may be what opens the receiver; the host is named."""
    fails(receiver)
    with pytest.raises(OutsideFailure) as caught:
        webhook(receiver).send(releases())

    assert receiver.url.partition("://")[2] in str(caught.value)
    assert "secret-path" not in str(caught.value)


def test_a_refused_address_is_named_without_its_path() -> None:
    """A host of an internal network that is not listed gets nothing."""
    url = "http://10.0.0.7/hooks/secret-path"
    channel = ReleasesWebhook(url, Secret(SECRET), public_url=PUBLIC_URL, transport=real_transport(), now=lambda: NOW)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7") as caught:
        channel.send(releases())
    assert "secret-path" not in str(caught.value)


def test_a_wrong_secret_is_refused(receiver: ReleaseReceiver) -> None:
    """The receiver takes nothing, and no error shows the secret."""
    with pytest.raises(ChannelClosed) as closed:
        webhook(receiver, "another-secret-of-16").send(releases())
    assert receiver.events == {}
    assert "another-secret" not in f"{closed.value} {closed.value.remedy}"
