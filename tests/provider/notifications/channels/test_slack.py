"""The Slack channel, against a fake Slack server."""

import logging

import pytest

from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from proxy.errors import OutcomeUnknown, Refused, Unavailable
from proxy.secrets.secret import Secret
from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL, failure, rebuild, release, releases
from tests.proxy.scripted import real_transport


def notifier(slack: Slack, channel: str = "#builds", token: str | None = None) -> SlackNotifier:
    """The channel, in the form that the settings have."""
    return SlackNotifier(
        Secret(token or slack.token), channel, api_url=slack.api_url, public_url=PUBLIC_URL, transport=real_transport()
    )


@pytest.fixture(autouse=True)
def unhurried(slack: Slack) -> None:
    """Allow messages without a pause between them."""
    slack.apart = 0


def test_every_kind_arrives(slack: Slack) -> None:
    """The fake Slack server checks the blocks and the metadata."""
    channel = notifier(slack)
    receipts = [channel.send(each) for each in (releases(release(notes="x" * 9000)), rebuild(), failure("a", "b"))]

    assert receipts == [f"{slack.builds.id}/{each.ts}" for each in slack.messages]
    assert slack.messages[0].metadata == {
        "event_type": "image_factory_message", "event_payload": {"id": "releases:7:1"}
    }  # fmt: skip


def test_a_lost_answer_is_not_sent_again_by_the_sdk(slack: Slack) -> None:
    """One request makes one message; a new process finds it by the name of the channel."""
    slack.lose_answer("chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        notifier(slack).send(rebuild())

    assert slack.calls == ["chat.postMessage"]
    assert notifier(slack).find(rebuild()) == f"{slack.builds.id}/{slack.messages[0].ts}"
    assert notifier(slack, slack.builds.id).find(releases()) is None


def test_a_message_is_found_behind_many_others(slack: Slack) -> None:
    """The history is read page by page until the message is found."""
    channel = notifier(slack)
    receipt = channel.send(rebuild())
    for number in range(210):
        slack.builds.messages.append(
            type(slack.messages[0])(slack.builds.id, slack.workspace.new_ts(0), f"{number}", [], None)
        )

    assert channel.find(rebuild()) == receipt
    assert slack.calls.count("conversations.history") == 2


def test_a_rate_limit_is_returned_without_sleeping(slack: Slack) -> None:
    """There is no second request."""
    slack.fail("chat.postMessage", 429, error="ratelimited", retry_after=3600)
    with pytest.raises(Unavailable) as caught:
        notifier(slack).send(rebuild())

    assert caught.value.retry_at is not None
    assert slack.calls == ["chat.postMessage"]


def test_a_message_does_not_arrive_during_an_outage(slack: Slack) -> None:
    """The connection is refused; after the outage the message is sent."""
    slack.down()
    with pytest.raises(Unavailable):
        notifier(slack).send(rebuild())
    slack.up()
    notifier(slack).send(rebuild())
    assert len(slack.messages) == 1


def test_a_page_instead_of_an_answer_leaves_the_outcome_open(slack: Slack) -> None:
    """The error page of a proxy does not say whether the message arrived, and our error does not repeat the page."""
    slack.fail("chat.postMessage", 502)
    with pytest.raises(OutcomeUnknown, match="answered 502") as caught:
        notifier(slack).send(rebuild())
    assert "html" not in str(caught.value)


@pytest.mark.parametrize("channel", ["#nowhere", "C0NOWHERE99"])
def test_an_unknown_channel_is_refused(slack: Slack, channel: str) -> None:
    """The error says what to do, when sending and when searching."""
    with pytest.raises(ChannelClosed, match="channel_not_found") as closed:
        notifier(slack, channel).send(rebuild())
    assert f"invite the app to {channel}" in closed.value.remedy
    with pytest.raises((ChannelClosed, Refused)):
        notifier(slack, channel).find(rebuild())


def test_the_token_is_in_no_log_and_no_message(slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    """This holds at the most detailed log level too."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    channel = notifier(slack)
    channel.send(rebuild())
    channel.find(rebuild())
    slack.fail("chat.postMessage", 502)
    for wrong in (channel, notifier(slack, token="xoxb-wrong-1234567890")):
        with pytest.raises((ChannelClosed, OutcomeUnknown)) as caught:
            wrong.send(rebuild())
        assert "xoxb" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"
    assert "xoxb" not in caplog.text
    assert "node:22" not in caplog.text


def test_the_token_does_not_follow_a_redirect() -> None:
    """The other host is not asked."""
    seen: list[str] = []

    def elsewhere(request: Request) -> Answer:
        seen.append(request.authorization)
        return Answer(404)

    with LoopbackServer(elsewhere) as other:
        moved = Answer(302, headers=(("Location", f"{other.url}/api/chat.postMessage"),))
        with LoopbackServer(lambda _: moved) as first:
            channel = SlackNotifier(
                Secret("xoxb-1"), "b", api_url=f"{first.url}/api/", public_url=PUBLIC_URL, transport=real_transport()
            )
            with pytest.raises(OutcomeUnknown, match="answered 302"):
                channel.send(rebuild())

    assert seen == []


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_arguments"])
def test_blocks_that_slack_refuses_are_sent_as_plain_text(slack: Slack, error: str) -> None:
    """The text has the versions; it is found and updated like every message."""
    channel = notifier(slack)
    slack.fail("chat.postMessage", 200, error=error)
    receipt = channel.send(releases(release("2.0.0"), release("<!here>")))

    (message,) = slack.messages
    assert (message.text, message.blocks) == ("new releases of tool: 2.0.0, &lt;!here&gt;", [])
    assert channel.find(releases()) == receipt
    slack.fail("chat.update", 200, error=error)
    assert channel.update(rebuild("success"), receipt) == receipt
    assert (message.text, message.blocks) == ("rebuild of portal: success; node:22 changed from aa to bb", [])


def test_plain_text_that_slack_refuses_too_is_a_refused_message(slack: Slack) -> None:
    """There are two requests, and no message."""
    for error in ("invalid_blocks", "no_text"):
        slack.fail("chat.postMessage", 200, error=error)
    with pytest.raises(MessageRefused, match="no_text"):
        notifier(slack).send(rebuild())
    assert slack.calls == ["chat.postMessage", "chat.postMessage"]


def test_a_message_in_a_channel_of_earlier_settings_is_sent_as_a_new_one(slack: Slack) -> None:
    """It is updated where it is, as long as that is possible; new messages go to the channel of today."""
    old = slack.workspace.add("C0OLD000001", "old")
    receipt = notifier(slack, "C0OLD000001").send(rebuild("requested"))
    today = notifier(slack, slack.builds.id)
    assert today.update(rebuild("running"), receipt) == receipt
    assert today.send(releases()).startswith(slack.builds.id)
    old.archived = True
    with pytest.raises(CannotUpdate, match="is_archived"):
        today.update(rebuild("success"), receipt)
    slack.builds.archived = True
    with pytest.raises(ChannelClosed, match="is_archived"):
        today.update(releases(), f"{slack.builds.id}/{slack.messages[0].ts}")
