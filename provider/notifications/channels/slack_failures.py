"""What Slack's errors and broken connections mean: whether a message arrived, and when to send it again. Pure.

Source: Slack's docs, "Rate limits"; `slack_errors.py` has the errors of its methods.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from provider.notifications.channels.slack_errors import OF_ONE_CHANNEL, SLACK_ERRORS, UNDOCUMENTED, Concerns
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from proxy.errors import Garbage, OutcomeUnknown, OutsideFailure, Unavailable, Unreachable
from proxy.http.retry_after import wait_of

_PAUSE = timedelta(seconds=30)
SlackFailure = OutsideFailure | ChannelClosed | MessageRefused | CannotUpdate


def failure_of_answer(
    method: str,
    status: int,
    headers: Mapping[str, str],
    document: Mapping[str, object],
    now: datetime,
    channel: str = "the channel",
) -> SlackFailure:
    """The error for an answer that is not a success; `channel` is for the remedy."""
    code = code_of(document)
    known = SLACK_ERRORS.get(code, UNDOCUMENTED)
    if status == HTTPStatus.TOO_MANY_REQUESTS or known.concerns is Concerns.LIMIT:
        return Unavailable(f"Slack's {method}: too many requests; retried later", _later(headers, now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or known.concerns is Concerns.SERVER:
        return OutcomeUnknown(f"Slack's {method} answered {status} {code}".rstrip())
    if not code:
        return OutcomeUnknown(f"Slack's {method} answered {status}, and the answer cannot be read")
    text = f"Slack's {method} refused the request: {code}{_details(document)}"
    match known.concerns:
        case Concerns.MESSAGE:
            return MessageRefused(text)
        case Concerns.UPDATE:
            return CannotUpdate(text)
        case _:
            remedy = known.remedy.replace("{channel}", channel)
            return ChannelClosed(text, remedy, documented=code in SLACK_ERRORS, elsewhere=code in OF_ONE_CHANNEL)


def code_of(document: Mapping[str, object]) -> str:
    """Slack's error code; empty if there is none. The SDK puts a whole page that is not JSON into `error`."""
    error = document.get("error")
    return error if isinstance(error, str) and error.isidentifier() else ""


def failure_of_transport(method: str, error: Unavailable | Garbage) -> OutsideFailure:
    """The error where there is no answer; the message certainly did not arrive only if there never was a connection."""
    if isinstance(error, Unreachable):
        return Unavailable(f"Slack's {method}: {error}")
    return OutcomeUnknown(f"Slack's {method}: {str(error).removesuffix('; retried later')}")


def _later(headers: Mapping[str, str], now: datetime) -> datetime:
    """The time from Retry-After; an invalid value is ignored."""
    return now + (wait_of({name.lower(): value for name, value in headers.items()}, now) or _PAUSE)


def _details(document: Mapping[str, object]) -> str:
    if needed := document.get("needed"):
        return f"; the app needs the scope {needed}"
    problems = document.get("errors")
    return f" ({'; '.join(map(str, problems))[:300]})" if isinstance(problems, list) and problems else ""
