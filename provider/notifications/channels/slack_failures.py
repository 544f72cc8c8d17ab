"""What Slack's errors and broken connections mean: whether a message arrived, and when to send it again. Pure.

Source: Slack's docs, "Rate limits", and the errors of chat.postMessage.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from proxy.errors import Garbage, OutcomeUnknown, OutsideFailure, Refused, Unavailable, Unreachable
from proxy.http.retry_after import wait_of

_PAUSE = timedelta(seconds=30)
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# "It's possible some aspect of the operation succeeded before the error was raised."
_UNCERTAIN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
_WHAT_TO_DO = {
    "channel_not_found": "set IMAGE_FACTORY_SLACK_CHANNEL to a channel that the app can see",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "set IMAGE_FACTORY_SLACK_CHANNEL to a channel that is not archived",
    "invalid_auth": "set IMAGE_FACTORY_SLACK_TOKEN to a valid token of the app",
    "account_inactive": "set IMAGE_FACTORY_SLACK_TOKEN to a valid token of the app",
    "token_revoked": "set IMAGE_FACTORY_SLACK_TOKEN to a valid token of the app",
}


def failure_of_answer(
    method: str, status: int, headers: Mapping[str, str], document: Mapping[str, object], now: datetime
) -> OutsideFailure:
    """The error for an answer that is not a success."""
    error = document.get("error")
    # The SDK puts a whole page that is not JSON into `error`.
    code = error if isinstance(error, str) and error.isidentifier() else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _LIMITED:
        return Unavailable(f"Slack's {method}: too many requests; retried later", _later(headers, now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _UNCERTAIN:
        return OutcomeUnknown(f"Slack's {method} answered {status} {code}".rstrip())
    if not code:
        return OutcomeUnknown(f"Slack's {method} answered {status}, and the answer cannot be read")
    return Refused(f"Slack's {method} refused the request: {code}{_details(code, document)}")


def failure_of_transport(method: str, error: Unavailable | Garbage) -> OutsideFailure:
    """The error where there is no answer; the message certainly did not arrive only if there never was a connection."""
    if isinstance(error, Unreachable):
        return Unavailable(f"Slack's {method}: {error}")
    return OutcomeUnknown(f"Slack's {method}: {str(error).removesuffix('; retried later')}")


def _later(headers: Mapping[str, str], now: datetime) -> datetime:
    """The time from Retry-After; an invalid value is ignored."""
    return now + (wait_of({name.lower(): value for name, value in headers.items()}, now) or _PAUSE)


def _details(code: str, document: Mapping[str, object]) -> str:
    if code == "missing_scope":
        return f"; add the scope {document.get('needed')} to the app"
    if advice := _WHAT_TO_DO.get(code):
        return f"; {advice}"
    problems = document.get("errors")
    return f" ({'; '.join(map(str, problems))[:300]})" if isinstance(problems, list) and problems else ""
