"""When GitHub allows the next request. Pure.

Source: GitHub's docs, "Rate limits for the REST API" and "Troubleshooting the REST API".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from proxy.http.retry_after import LEAST, MOST, wait_of

SECONDARY_WAIT = timedelta(minutes=1)
"""For a secondary limit without a time, the docs require a wait of at least one minute."""
_NUMBER = re.compile(r"[0-9]{1,11}")
_WORDS = re.compile(
    r"api rate limit exceeded|secondary rate limit|wait a few minutes before you try again", re.IGNORECASE
)
CORE = "core"
"""The limit of almost every path; searches, GraphQL and a few others have limits of their own."""
GRAPHQL = "graphql"


@dataclass(frozen=True, slots=True)
class HourlyLimit:
    """What an answer says about the hourly limit of the credential.

    Attributes:
        remaining: how many requests of the hour are left.
        reset: when the next hour begins, in UTC, at most an hour away.
        limit: how many requests an hour has.
    """

    remaining: int
    reset: datetime
    limit: int


def hourly_limit(headers: Mapping[str, str], now: datetime, resource: str = CORE) -> HourlyLimit | None:
    """The hourly limit that an answer names; None if it names none, or another one.

    Args:
        headers: of the answer, by names in lower case.
        now: the time, in UTC.
        resource: what the limit is for.
    """
    found = [headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset", "limit")]
    if headers.get("x-ratelimit-resource", resource) != resource or not all(map(_NUMBER.fullmatch, found)):
        return None
    remaining, reset, limit = map(int, found)
    return HourlyLimit(remaining, _within_an_hour(reset, now), max(limit, remaining))


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
    return now + SECONDARY_WAIT


def _within_an_hour(reset: int, now: datetime) -> datetime:
    return min(max(datetime.fromtimestamp(reset, UTC), now + LEAST), now + MOST)


def _is_limited(status: int, headers: Mapping[str, str], words: str) -> bool:
    if status == HTTPStatus.FORBIDDEN:
        spent = headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in headers or _WORDS.search(words) is not None
    return status == HTTPStatus.TOO_MANY_REQUESTS
