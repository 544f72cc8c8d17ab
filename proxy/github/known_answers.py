"""GitHub's last answers, so that what has not changed costs nothing of its limit, also after a restart."""

import re
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from proxy.cache.entries import CacheEntry, Storage
from proxy.cache.forgiving import ForgivingStorage
from proxy.http.exchange import Answer

ETAG = re.compile(r"(W/)?\"[!#-~]{0,200}\"")
"""An ETag that is sent back."""

# Longer answers, such as lists of runs, are different each time.
_LONGEST = 256 * 1024
# Those that its readers need.
_HEADERS = ("content-type", "link")


class KnownAnswers:
    """Asks whether an answer is still the same, and then gives it again. Safe to use from many threads.

    An authorized 304 does not count against the hourly limit (GitHub's docs, "Best practices for using the REST API").
    GitHub compares in each request, so no answer is outdated. While the storage fails, every answer is fetched.

    Args:
        storage: keeps the answers.
        now: the time, in UTC.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = ForgivingStorage(storage, now)
        self._now = now

    def get(self, key: str, ask: Callable[[str | None], Answer]) -> Answer:
        """The answer to a GET, never 304 where the last answer is known.

        Args:
            key: identifies the request and the credential completely.
            ask: sends the request with the ETag that it is given.

        Raises:
            OutsideFailure: what `ask` raises.
        """
        entry = self._storage.read(key)
        body = _unpacked(entry)
        answer = ask(entry.etag if entry and body is not None else None)
        if answer.status == HTTPStatus.NOT_MODIFIED and entry and body is not None:
            return Answer(HTTPStatus.OK, {**answer.headers, **entry.headers}, body, answer.url)
        etag = answer.headers.get("etag", "")
        if answer.status == HTTPStatus.OK and ETAG.fullmatch(etag) and len(answer.body) <= _LONGEST:
            headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
            self._storage.write(
                key, CacheEntry(zlib.compress(answer.body), headers, etag, timedelta(0), fetched_at=self._now())
            )
        return answer


def _unpacked(entry: CacheEntry | None) -> bytes | None:
    if entry is None or entry.etag is None:
        return None
    unpacking = zlib.decompressobj()
    try:
        body = unpacking.decompress(entry.body, _LONGEST)
    except zlib.error:
        return None
    return body if unpacking.eof else None
