"""Signing keys of other services: fetched, cached, and fetched again when a token names an unknown key."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Generic, TypeVar

from proxy.errors import Never, NotNow, OutsideFailure, Unavailable
from proxy.http.printable import printable
from proxy.http.retry_after import wait_of
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
Key = TypeVar("Key")
PAUSE = timedelta(seconds=5)
"""The shortest time between two requests for keys, however many tokens name unknown keys."""

KEPT_FOR = timedelta(minutes=10)
"""The maximum age of cached keys, after which a withdrawn key is noticed."""

RETRIED_AFTER = timedelta(minutes=1)
_WAIT_SECONDS = 5.0
_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class _KeptKeys(Generic[Key]):
    keys: Mapping[str, Key]
    asked_at: datetime | None = None
    failure: OutsideFailure | None = None
    pause: timedelta = PAUSE


class Keys(Generic[Key]):
    """The keys at one address. Thread-safe: one thread fetches, the others wait for it.

    Args:
        url: the address of the JWKS document; built from settings and constants, never from a token.
        transport: sends requests to that address.
        now: the time, in UTC.
        read: reads the keys by their id from the body of the document, or raises `Garbage`.
    """

    def __init__(
        self,
        url: str,
        transport: Transport,
        now: Callable[[], datetime],
        read: Callable[[bytes], Mapping[str, Key]],
    ) -> None:
        self._url = url
        self._transport = transport
        self._now = now
        self._lock = threading.Lock()
        self._read = read
        self._kept: _KeptKeys[Key] = _KeptKeys({})

    def key(self, key_id: str) -> Key | None:
        """The key of that id; None if the service does not have it.

        Cached keys remain valid while new ones cannot be fetched.

        Raises:
            NotNow: the key is not cached, and the keys cannot be fetched before `retry_at`.
            Never: the key is not cached, and the keys cannot be fetched with these settings.
        """
        if self._due(key_id):
            self._refresh(key_id)
        kept = self._kept
        if key_id not in kept.keys and (kept.failure or kept.asked_at is None):
            raise self._not_fetched(kept)
        return kept.keys.get(key_id)

    def _due(self, key_id: str) -> bool:
        kept = self._kept
        if kept.asked_at is None:
            return True
        pause = PAUSE if key_id not in kept.keys else RETRIED_AFTER if kept.failure else KEPT_FOR
        return not timedelta(0) <= self._now() - kept.asked_at < max(pause, kept.pause)

    def _not_fetched(self, kept: _KeptKeys[Key]) -> OutsideFailure:
        """The failure for a caller: of the same group as the kept one, with its cause."""
        if kept.failure is None or kept.asked_at is None:
            return Unavailable(f"the keys at {printable(self._url)} are still being fetched", self._now() + PAUSE)
        if isinstance(kept.failure, NotNow):
            return Unavailable(self._message(kept.failure), kept.asked_at + kept.pause)
        return kept.failure.with_traceback(None)

    def _message(self, failure: OutsideFailure) -> str:
        return f"cannot fetch the keys at {printable(self._url)}: {failure}"

    def _refresh(self, key_id: str) -> None:
        # A known key does not wait for the fetch of another thread; all waits are limited, because of forged tokens.
        if not self._lock.acquire(timeout=0 if key_id in self._kept.keys else _WAIT_SECONDS):
            return
        try:
            if self._due(key_id):
                self._fetch()
        finally:
            self._lock.release()

    def _fetch(self) -> None:
        keys, failure, pause = self._kept.keys, None, PAUSE
        try:
            answer = self._transport.request("GET", self._url, {"accept": "application/json"}, limit=_LIMIT)
            if answer.status != HTTPStatus.OK:
                pause = max(PAUSE, wait_of(answer.headers, self._now()) or PAUSE)
                raise Unavailable(f"it answered {answer.status}")
            keys = self._read(answer.body)
        except OutsideFailure as error:
            failure = error
            self._log(error)
        # The pause starts at the end of the request, so that a slow host does not get the next request at once.
        self._kept = _KeptKeys(keys, self._now(), failure, pause)

    def _log(self, failure: OutsideFailure) -> None:
        """Log a failure; one that only a changed setting ends is an error, and is logged once."""
        if not isinstance(failure, Never):
            _log.warning("keys_not_read", "{error}; using the cached keys", error=self._message(failure))
        elif str(self._kept.failure) != str(failure):
            _log.error("keys_unusable", "{error}", error=self._message(failure))
