"""What Slack's refusals mean."""

from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from provider.notifications.channels.slack_failures import failure_of_answer, failure_of_connection
from proxy.errors import OutcomeUnknown, Refused, Unavailable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POST = "chat.postMessage"


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (200, "invalid_blocks", Refused),
        (200, "channel_not_found", Refused),
        (200, "ratelimited", Unavailable),
        (429, "", Unavailable),
        (200, "fatal_error", OutcomeUnknown),
        (503, "", OutcomeUnknown),
        (200, "Received a response in a non-JSON format: <html>", OutcomeUnknown),
    ],
)
def test_an_answer_tells_whether_the_message_arrived(status: int, error: str, kind: type[Exception]) -> None:
    """A refusal for good, a refusal for now, and what nobody can tell."""
    assert type(failure_of_answer(POST, status, {}, {"error": error}, NOW)) is kind


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), ("0", 1), ("99999", 3600), ("880.092µs", 30), ("-5", 30), ("9" * 4000, 30)]
)
def test_when_to_come_back(told: str, seconds: int) -> None:
    """As told, within an hour; what is no number of seconds is not believed."""
    failure = failure_of_answer(POST, 429, {"retry-after": told}, {}, NOW)
    assert isinstance(failure, Unavailable)
    assert failure.retry_at == NOW + timedelta(seconds=seconds)


def test_a_refusal_says_what_would_be_right() -> None:
    """With Slack's own word, and its list of what is wrong."""
    lacking = {"error": "missing_scope", "needed": "channels:history"}
    wrong = {"error": "invalid_blocks", "errors": ["must be more than 0 characters"]}

    assert "give the app the scope channels:history" in str(failure_of_answer(POST, 200, {}, lacking, NOW))
    assert "invite the app" in str(failure_of_answer(POST, 200, {}, {"error": "not_in_channel"}, NOW))
    assert "(must be more than 0 characters)" in str(failure_of_answer(POST, 200, {}, wrong, NOW))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (URLError(ConnectionRefusedError()), Unavailable),
        (URLError(TimeoutError()), OutcomeUnknown),
        (RemoteDisconnected("gone"), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
        (ConnectionResetError(), OutcomeUnknown),
    ],
)
def test_a_broken_connection(error: Exception, kind: type[Exception]) -> None:
    """Only one that was never made carried nothing for sure."""
    assert type(failure_of_connection(POST, error)) is kind
