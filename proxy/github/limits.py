"""When GitHub allows the next request. Pure.

Source: GitHub's docs, "Rate limits for the REST API" and "Troubleshooting the REST API".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from proxy.http.retry_after import LEAST, MOST, wait_of

# For a secondary limit without a time, the docs require a wait of at least one minute.
_SECONDARY_WAIT = timedelta(minutes=1)
_NUMBER = re.compile(r"[0-9]{1,11}")
_WORDS = re.compile(
    r"api rate limit exceeded|secondary rate limit|wait a few minutes before you try again", re.IGNORECASE
)
# The limit of almost every path; searches, GraphQL and a few others have limits of their own.
_CORE = "core"


@dataclass(frozen=True, slots=True)
class HourlyLimit:
    """What an answer says about the hourly limit of the credential.

    Attributes:
        remaining: how many requests of the hour are left.
        reset: when the next hour begins, in UTC, at most an hour away.
    """

    remaining: int
    reset: datetime


def hourly_limit(headers: Mapping[str, str], now: datetime) -> HourlyLimit | None:
    """The hourly limit that an answer names; None if it names none, or one of other paths only.

    Args:
        headers: of the answer, by names in lower case.
        now: the time, in UTC.
    """
    found = [headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset")]
    if headers.get("x-ratelimit-resource", _CORE) != _CORE or not all(map(_NUMBER.fullmatch, found)):
        return None
    remaining, reset = map(int, found)
    return HourlyLimit(remaining, _within_an_hour(reset, now))


def limited_until(status: int, headers: Mapping[str, str], words: str, now: datetime) -> datetime | None:
    """When a request that a rate limit stopped may be sent again, at most an hour later; None if no limit stopped it.

    Args:
        status: of the answer; 403 can also mean a missing permission.
        headers: of the answer, by names in lower case.
        words: the message of the answer.
        now: the time, in UTC.
    """
    if not _is_limited(status, headers, words):
        return None
    if wait := wait_of(headers, now):
        return now + wait
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and _NUMBER.fullmatch(reset):
        return _within_an_hour(int(reset), now)
    return now + _SECONDARY_WAIT


def _within_an_hour(reset: int, now: datetime) -> datetime:
    return min(max(datetime.fromtimestamp(reset, UTC), now + LEAST), now + MOST)


def _is_limited(status: int, headers: Mapping[str, str], words: str) -> bool:
    if status == HTTPStatus.FORBIDDEN:
        spent = headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in headers or _WORDS.search(words) is not None
    return status == HTTPStatus.TOO_MANY_REQUESTS
