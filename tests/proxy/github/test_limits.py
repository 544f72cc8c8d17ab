"""When GitHub allows the next request."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from proxy.github.limits import limited_until
from tests.proxy.clocks import NOW


def reset_in(seconds: int) -> dict[str, str]:
    """The headers of a used-up limit."""
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + seconds)}


@pytest.mark.parametrize(
    ("status", "headers", "words", "wait"),
    [
        (403, reset_in(600), "API rate limit exceeded for user ID 1.", 600),
        (429, reset_in(600), "", 600),
        (429, {"retry-after": "30"} | reset_in(600), "", 30),
        (403, {"retry-after": "880.092µs"}, "", 1),
        (403, reset_in(-60), "", 1),
        (403, reset_in(86_400), "", 3600),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 20}, "", 60),
        (403, {}, "You have exceeded a secondary rate limit.", 60),
        (429, {}, "", 60),
        (403, {"x-ratelimit-remaining": "17"}, "Resource not accessible by integration", None),
        (503, {"retry-after": "30"}, "", None),
        (200, reset_in(600), "", None),
    ],
)
def test_which_answers_are_limits(status: int, headers: Mapping[str, str], words: str, wait: int | None) -> None:
    """Status, headers and message separate a limit from a missing permission, and give its end."""
    assert limited_until(status, headers, words, NOW) == (None if wait is None else NOW + timedelta(seconds=wait))
