"""The cache of whole responses for a moment: which responses may be cached, for which requests, and the store."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

MOST_BYTES = 16 * 1024 * 1024
MOST_MAKING_SECONDS = 1.0
"""How long a response is sent after its time is over, while the next one is being made."""
# About the memory that an entry needs in addition to its texts: objects, references, the key.
_FRAME_BYTES = 3000
_LONGEST_ADDRESS = 2000
Key = tuple[str, str, str]
Headers = tuple[tuple[str, str], ...]

# A response with any other header is not cached: Set-Cookie, Vary, Link and others may be meant for one caller.
_KEPT_HEADERS = frozenset(
    {
        "cache-control",
        "content-length",
        "content-security-policy",
        "content-type",
        "etag",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
        "x-pagination",
    }
)
# These differ for each response.
_OWN_HEADERS = frozenset({"date", "x-request-id"})
# A request with any of these does not ask for the whole response, or may identify its caller in another way.
_UNUSUAL = (
    "HTTP_COOKIE",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_TRANSFER_ENCODING",
)
_NO_LENGTH = ("", "0")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A response with status 200, the same for every caller with read permission.

    Attributes:
        endpoint: the Flask endpoint that made it, for the metrics.
        etag: the strong entity tag, in quotes.
        headers: all headers that do not differ for each response.
        seconds: how long it may be sent.
    """

    endpoint: str
    etag: str
    headers: Headers
    body: bytes
    seconds: float

    @property
    def size(self) -> int:
        """The approximate memory that it needs, in bytes."""
        return _FRAME_BYTES + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


@dataclass(slots=True)
class _Dated:
    """A response, the time until which it may be sent, and whether a caller is making the next one."""

    answer: KeptAnswer
    until: float
    being_made: bool = False


class KeptAnswers:
    """Responses in memory by key; the least recently used are removed first. Safe to use from many threads.

    Args:
        now: a monotonic clock, in seconds.
        most_bytes: the maximum memory.
    """

    def __init__(self, now: Callable[[], float], most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._most_bytes = most_bytes
        self._answers: LRUCache[Key, _Dated] = LRUCache(most_bytes, getsizeof=lambda dated: dated.answer.size)

    def get(self, key: Key) -> KeptAnswer | None:
        """The response, while it may be sent.

        When its time is over, one caller gets None and makes the next one. The others still get this one for at most a
        second, so that they do not all make the same response.
        """
        with self._lock:
            dated, now = self._answers.get(key), self._now()
            if dated is None:
                return None
            if now < dated.until or (dated.being_made and now < dated.until + MOST_MAKING_SECONDS):
                return dated.answer
            dated.being_made = True
            return None

    def keep(self, key: Key, answer: KeptAnswer) -> None:
        """Store it, unless it is larger than the whole cache."""
        if answer.size <= self._most_bytes:
            with self._lock:
                self._answers[key] = _Dated(answer, self._now() + answer.seconds)


def key_of(environ: Mapping[str, Any]) -> Key | None:
    """The key of a request: path and query; None if its response must not be cached."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH", "") not in _NO_LENGTH:
        return None
    # Without Host the guard refuses the request.
    if any(name in environ for name in _UNUSUAL) or not environ.get("HTTP_HOST"):
        return None
    key = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    return key if sum(map(len, key)) <= _LONGEST_ADDRESS else None


def headers_to_keep(headers: Iterable[tuple[str, str]]) -> Headers | None:
    """The headers that every caller may get; None if one of them may be meant for this caller only."""
    shared = tuple((name, value) for name, value in headers if name.lower() not in _OWN_HEADERS)
    if any(name.lower() not in _KEPT_HEADERS or _is_private(name, value) for name, value in shared):
        return None
    return shared


def _is_private(name: str, value: str) -> bool:
    return name.lower() == "cache-control" and any(word in value.lower() for word in ("private", "no-store"))
