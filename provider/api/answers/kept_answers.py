"""Whole answers that are kept for a moment: which may be, for whom, and where they are kept."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

MOST_BYTES = 16 * 1024 * 1024
MOST_MAKING_SECONDS = 1.0
"""So long an answer may be given after its time, while the next one is being made."""
# What an entry takes beside its texts, roughly: objects, references, its key.
_FRAME_BYTES = 3000
_LONGEST_ADDRESS = 2000
Key = tuple[str, str, str]
Headers = tuple[tuple[str, str], ...]

# An answer with any other header is not kept: Set-Cookie, Vary, Link and the like may be meant for one caller.
_KEPT_HEADERS = frozenset(
    {
        "cache-control",
        "content-length",
        "content-security-policy",
        "content-type",
        "etag",
        "referrer-policy",
        "x-content-type-options",
        "x-frame-options",
        "x-pagination",
    }
)
# Each answer has its own.
_OWN_HEADERS = frozenset({"date", "x-request-id"})
# A request with any of these asks for something other than the whole answer, or may identify its caller otherwise.
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
    """An answer with status 200, the same for every caller who may read.

    Attributes:
        endpoint: of Flask, whose answer it is; for the measurements.
        etag: in quotes, strong.
        headers: all but those that each answer has its own of.
        seconds: how long it may be given.
    """

    endpoint: str
    etag: str
    headers: Headers
    body: bytes
    seconds: float

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return _FRAME_BYTES + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


@dataclass(slots=True)
class _Dated:
    """An answer, until when it may be given, and whether a caller is making the next one."""

    answer: KeptAnswer
    until: float
    being_made: bool = False


class KeptAnswers:
    """Answers in memory by key, at most so many bytes; the least recently used go first. Safe to use from many threads.

    `now` counts seconds and never goes back.
    """

    def __init__(self, now: Callable[[], float], most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._most_bytes = most_bytes
        self._answers: LRUCache[Key, _Dated] = LRUCache(most_bytes, getsizeof=lambda dated: dated.answer.size)

    def get(self, key: Key) -> KeptAnswer | None:
        """The answer, while it may be given.

        When its seconds are over, one caller gets None and makes the next one; for a second at most the others are
        still given this one, rather than that all of them make the same.
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
        """Keep it from now on, unless it alone takes all room."""
        if answer.size <= self._most_bytes:
            with self._lock:
                self._answers[key] = _Dated(answer, self._now() + answer.seconds)


def key_of(environ: Mapping[str, Any]) -> Key | None:
    """What a request's answer is kept under: path and query; None where it must be made for this request alone."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH", "") not in _NO_LENGTH:
        return None
    if any(name in environ for name in _UNUSUAL):
        return None
    key = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    return key if sum(map(len, key)) <= _LONGEST_ADDRESS else None


def headers_to_keep(headers: Iterable[tuple[str, str]]) -> Headers | None:
    """The headers that every caller may be given; None where there is one that may be meant for this caller."""
    shared = tuple((name, value) for name, value in headers if name.lower() not in _OWN_HEADERS)
    if any(name.lower() not in _KEPT_HEADERS or _is_private(name, value) for name, value in shared):
        return None
    return shared


def _is_private(name: str, value: str) -> bool:
    return name.lower() == "cache-control" and any(word in value.lower() for word in ("private", "no-store"))
