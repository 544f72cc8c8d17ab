"""The fake Slack refuses what Slack refuses, tested with Slack's own SDK."""

from collections.abc import Callable
from functools import partial
from http.client import RemoteDisconnected
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.peers.slack.server import Slack

NOTE = {"event_type": "note", "event_payload": {"id": "n-1"}}


def client(slack: Slack, token: str | None = None) -> WebClient:
    """Slack's SDK, which sends each request once."""
    return WebClient(token or slack.token, slack.api_url, timeout=30, retry_handlers=[])


def section(text: str) -> dict[str, Any]:
    """A section with that text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def header(text: str) -> dict[str, Any]:
    """A header with that text."""
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def fields(count: int) -> dict[str, Any]:
    """A section with this number of fields."""
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * count}


def refusal(call: Callable[[], object]) -> str:
    """The error that a call is answered."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def test_a_message_is_posted_found_and_updated(slack: Slack) -> None:
    """It is found by its metadata, which an update keeps; the history has metadata only on request."""
    web = client(slack)
    told = web.chat_postMessage(channel="#builds", text="one", metadata=NOTE)
    web.chat_update(channel=told["channel"], ts=told["ts"], text="two")

    with_metadata = web.conversations_history(channel=told["channel"], include_all_metadata=True)["messages"]
    without = web.conversations_history(channel=told["channel"])["messages"]
    assert [(each["ts"], each["text"], each["metadata"]) for each in with_metadata] == [(told["ts"], "two", NOTE)]
    assert "metadata" not in without[0]
    assert slack.messages[0].edits == 1
    assert web.auth_test()["bot_id"] == "B0FACTORY"


def test_the_history_has_pages_newest_first(slack: Slack) -> None:
    """A cursor leads to the next page, and nothing older than requested is listed."""
    slack.apart = 0
    web = client(slack)
    stamps = [web.chat_postMessage(channel="builds", text=str(number))["ts"] for number in range(5)]

    first = web.conversations_history(channel=slack.builds.id, limit=2, oldest=stamps[0])
    cursor = first["response_metadata"]["next_cursor"]
    second = web.conversations_history(channel=slack.builds.id, limit=2, oldest=stamps[0], cursor=cursor)

    assert [each["text"] for each in first["messages"]] == ["4", "3"]
    assert ([each["text"] for each in second["messages"]], second["has_more"]) == (["2", "1"], False)


@pytest.mark.parametrize(
    ("blocks", "taken"),
    [
        ([section("x" * 3000)], True),
        ([section("x" * 3001)], False),
        ([section("🙂" * 1501)], False),
        ([section("")], False),
        ([header("x" * 150)], True),
        ([header("x" * 151)], False),
        ([fields(10)], True),
        ([fields(11)], False),
        ([section("x")] * 50, True),
        ([section("x")] * 51, False),
        ([{"type": "poem"}], False),
    ],
)
def test_blocks_have_limits(slack: Slack, blocks: list[dict[str, Any]], taken: bool) -> None:
    """A message above the limits is refused and not in the channel."""
    post = partial(client(slack).chat_postMessage, channel="builds", text="x", blocks=blocks)
    if taken:
        post()
    else:
        assert refusal(post) == "invalid_blocks"
    assert len(slack.messages) == taken


def test_slack_refuses_invalid_calls(slack: Slack) -> None:
    """Each refusal has Slack's own error code."""
    slack.workspace.add("C0STRANGE01", "strange", joined=False)
    slack.workspace.add("C0ARCHIVE01", "old", archived=True)
    web = client(slack)

    assert refusal(lambda: client(slack, "xoxb-wrong").auth_test()) == "invalid_auth"
    assert refusal(lambda: web.chat_postMessage(channel="none", text="x")) == "channel_not_found"
    assert refusal(lambda: web.chat_postMessage(channel="strange", text="x")) == "not_in_channel"
    assert refusal(lambda: web.chat_postMessage(channel="old", text="x")) == "is_archived"
    assert refusal(lambda: web.chat_update(channel="builds", ts="1.2", text="x")) == "channel_not_found"
    assert refusal(lambda: web.chat_update(channel=slack.builds.id, ts="1.2", text="x")) == "message_not_found"
    wrong = {"event_type": "a b", "event_payload": {}}
    assert (
        refusal(lambda: web.chat_postMessage(channel="builds", text="x", metadata=wrong)) == "invalid_metadata_schema"
    )
    slack.scopes.discard("channels:history")
    assert refusal(lambda: web.conversations_history(channel=slack.builds.id)) == "missing_scope"
    assert slack.messages == []


def test_one_message_per_second(slack: Slack) -> None:
    """The second one gets a retry time; after it the message is accepted."""
    slack.clock = lambda: 100.0
    web = client(slack)
    web.chat_postMessage(channel="builds", text="one")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="builds", text="two")
    slack.clock = lambda: 101.0
    web.chat_postMessage(channel="builds", text="three")

    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    assert [each.text for each in slack.messages] == ["one", "three"]


def test_faults_lost_answers_and_outages(slack: Slack) -> None:
    """A fault carries nothing out, a lost answer leaves the message, and nothing listens while it is down."""
    web = client(slack)
    slack.fail("chat.postMessage", 503)
    with pytest.raises(SlackApiError):
        web.chat_postMessage(channel="builds", text="one")
    slack.lose_request("chat.postMessage")
    with pytest.raises(RemoteDisconnected):
        web.chat_postMessage(channel="builds", text="two")
    slack.lose_answer("chat.postMessage")
    with pytest.raises(RemoteDisconnected):
        web.chat_postMessage(channel="builds", text="three")
    slack.down()
    with pytest.raises(URLError):
        web.auth_test()
    slack.up()

    assert [each.text for each in slack.messages] == ["three"]
