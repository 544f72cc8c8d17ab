"""What a check of Slack finds, against a fake Slack server."""

import pytest

from provider.notifications.channels.slack import SlackNotifier
from proxy.errors import OutsideFailure
from proxy.secrets.secret import Secret
from tests.peers.slack.server import Slack
from tests.provider.notifications.channels.samples import PUBLIC_URL
from tests.proxy.scripted import real_transport

EVERYTHING = {"chat:write", "channels:read", "channels:history", "groups:read", "groups:history"}


def found(slack: Slack, channel: str = "#builds", token: str | None = None) -> list[tuple[bool, str, str]]:
    """What is wrong: whether it stops messages, what, and what to do."""
    notifier = SlackNotifier(
        Secret(token or slack.token), channel, api_url=slack.api_url, public_url=PUBLIC_URL, transport=real_transport()
    )
    return [(each.stops, each.message, each.remedy) for each in notifier.check()]


@pytest.mark.parametrize("channel", ["#builds", "builds", "C0BUILDS001"])
def test_nothing_is_wrong(slack: Slack, channel: str) -> None:
    """No message is sent."""
    assert found(slack, channel) == []
    assert slack.messages == []
    assert {"auth.test", "conversations.info"} <= set(slack.calls)


@pytest.mark.parametrize("channel", ["#builds", "C0BUILDS001"])
def test_tracker_an_app_that_was_not_invited(slack: Slack, channel: str) -> None:
    """The remedy has the command with the name of the app."""
    slack.builds.joined = False
    ((stops, message, remedy),) = found(slack, channel)
    assert (stops, message) == (True, "the app is not in the channel #builds")
    assert remedy == "Invite the app to #builds: write /invite @image-factory there."
    slack.scopes.add("chat:write.public")
    assert found(slack, channel) == []


def test_an_archived_channel(slack: Slack) -> None:
    """It is named."""
    slack.builds.archived = True
    ((stops, message, _),) = found(slack, "C0BUILDS001")
    assert (stops, message) == (True, "the channel #builds is archived")


def test_a_private_channel_that_the_app_cannot_see(slack: Slack) -> None:
    """It is only said where the token would see it after an invitation."""
    slack.workspace.add("C0SECRET001", "secret", joined=False).private = True
    assert found(slack, "C0SECRET001") == []
    slack.scopes = set(EVERYTHING)
    ((stops, message, remedy),) = found(slack, "C0SECRET001")
    assert (stops, message) == (True, "the app cannot see the channel C0SECRET001")
    assert "/invite @image-factory" in remedy
    slack.workspace.channels["C0SECRET001"].joined = True
    assert found(slack, "C0SECRET001") == []
    slack.scopes.discard("groups:history")
    ((stops, message, _),) = found(slack, "C0SECRET001")
    assert (stops, "groups:history" in message) == (False, True)


@pytest.mark.parametrize("scopes", [{"chat:write"}, {"chat:write", "users:read"}])
def test_chat_write_alone_is_enough(slack: Slack, scopes: set[str]) -> None:
    """A note says what the history is for; nothing stops."""
    slack.scopes = scopes
    ((stops, message, remedy),) = found(slack)
    assert (stops, "may arrive twice" in message, "no message is lost" in remedy) == (False, True, True)


def test_a_token_that_may_not_write(slack: Slack) -> None:
    """What stops messages comes first."""
    slack.scopes = {"channels:read"}
    (stops, message, remedy), *notes = found(slack)
    assert (stops, message) == (True, "the token does not have the scope chat:write")
    assert remedy == "Add the scope chat:write to the app and install the app again."
    assert [stops for stops, *_ in notes] == [False]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("token_revoked", "IMAGE_FACTORY_SLACK_TOKEN"),
        ("account_inactive", "IMAGE_FACTORY_SLACK_TOKEN"),
        ("org_login_required", "Wait"),
        ("accesslimited", "administrator"),
        ("team_access_not_granted", "Install the app in the workspace"),
    ],
)
def test_a_token_that_slack_refuses(slack: Slack, error: str, remedy: str) -> None:
    """Each has its own remedy."""
    slack.fail("auth.test", 200, error=error)
    ((stops, message, said),) = found(slack)
    assert (stops, error in message, remedy in said) == (True, True, True)


@pytest.mark.parametrize("status", [429, 503])
def test_a_slack_that_cannot_be_asked_proves_nothing(slack: Slack, status: int) -> None:
    """It is a failure, and not a problem of the configuration."""
    slack.fail("auth.test", status, error="ratelimited" if status == 429 else "")
    with pytest.raises(OutsideFailure):
        found(slack)
