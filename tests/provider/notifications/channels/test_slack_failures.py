"""What Slack's errors mean."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.notifications.channels.slack_failures import failure_of_answer, failure_of_transport
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from proxy.errors import Garbage, OutcomeUnknown, Unavailable, Unreachable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POST = "chat.postMessage"


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (200, "invalid_blocks", MessageRefused),
        (200, "channel_not_found", ChannelClosed),
        (200, "message_not_found", CannotUpdate),
        (200, "an_error_of_tomorrow", ChannelClosed),
        (200, "ratelimited", Unavailable),
        (429, "", Unavailable),
        (200, "fatal_error", OutcomeUnknown),
        (503, "", OutcomeUnknown),
        (200, "Received a response in a non-JSON format: <html>", OutcomeUnknown),
    ],
)
def test_an_answer_says_whether_the_message_arrived(status: int, error: str, kind: type[Exception]) -> None:
    """It is refused, postponed, or the outcome is unknown."""
    assert type(failure_of_answer(POST, status, {}, {"error": error}, NOW)) is kind


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("99999", 3600),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("-5", 30),
        ("9" * 4000, 30),
        ("soon", 30),
    ],
)
def test_retry_after_is_followed_within_limits(value: str, seconds: int) -> None:
    """The pause is at most an hour; a value that is neither seconds nor a date is ignored."""
    failure = failure_of_answer(POST, 429, {"Retry-After": value}, {}, NOW)
    assert isinstance(failure, Unavailable)
    assert failure.retry_at == NOW + timedelta(seconds=seconds)


def test_a_refusal_says_what_to_do() -> None:
    """It has Slack's error code, the missing scope, and Slack's list of problems."""
    lacking = {"error": "missing_scope", "needed": "channels:history"}
    wrong = {"error": "invalid_blocks", "errors": ["must be more than 0 characters"]}
    closed = failure_of_answer(POST, 200, {}, {"error": "not_in_channel"}, NOW, "#builds")

    assert "the app needs the scope channels:history" in str(failure_of_answer(POST, 200, {}, lacking, NOW))
    assert "(must be more than 0 characters)" in str(failure_of_answer(POST, 200, {}, wrong, NOW))
    assert isinstance(closed, ChannelClosed)
    assert closed.remedy.startswith("Invite the app to #builds")


def test_an_error_that_slack_does_not_document_is_marked() -> None:
    """It may concern the message alone."""
    known = failure_of_answer(POST, 200, {}, {"error": "token_revoked"}, NOW)
    unknown = failure_of_answer(POST, 200, {}, {"error": "an_error_of_tomorrow"}, NOW)
    assert isinstance(known, ChannelClosed)
    assert isinstance(unknown, ChannelClosed)
    assert (known.documented, unknown.documented) == (True, False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Unreachable("slack.com refused the connection; retried later"), Unavailable),
        (Unavailable("slack.com broke the connection; retried later"), OutcomeUnknown),
        (Unavailable("slack.com sent nothing for 15 s; retried later"), OutcomeUnknown),
        (Garbage("slack.com answered more than 1000 bytes"), OutcomeUnknown),
    ],
)
def test_only_a_connection_that_was_never_made_proves_that_nothing_arrived(
    error: Unavailable | Garbage, kind: type[Exception]
) -> None:
    """After every other failure the outcome is unknown, and it is not said that it is retried."""
    failure = failure_of_transport(POST, error)

    assert type(failure) is kind
    assert ("retried later" in str(failure)) is (kind is Unavailable)
    assert str(failure).startswith("Slack's chat.postMessage: slack.com ")
