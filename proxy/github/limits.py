"""When GitHub allows the next request. Pure.

Source: GitHub's docs, "Rate limits for the REST API" and "Troubleshooting the REST API".
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from proxy.http.retry_after import LEAST, MOST, wait_of

# For a secondary limit without a time, the docs require a wait of at least one minute.
_SECONDARY_WAIT = timedelta(minutes=1)
_UNIX_TIME = re.compile(r"[0-9]{1,11}")
_WORDS = re.compile(
    r"api rate limit exceeded|secondary rate limit|wait a few minutes before you try again", re.IGNORECASE
)


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
    if headers.get("x-ratelimit-remaining") == "0" and _UNIX_TIME.fullmatch(reset):
        return min(max(datetime.fromtimestamp(int(reset), UTC), now + LEAST), now + MOST)
    return now + _SECONDARY_WAIT


def _is_limited(status: int, headers: Mapping[str, str], words: str) -> bool:
    if status == HTTPStatus.FORBIDDEN:
        spent = headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in headers or _WORDS.search(words) is not None
    return status == HTTPStatus.TOO_MANY_REQUESTS
