"""The signing keys of Backstage: fetched, cached, and fetched again when a token names an unknown key."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from provider.auth.key_set import read_key_set
from proxy.errors import OutsideFailure, Unavailable
from proxy.http.printable import printable
from proxy.http.transport import Transport

_log = logging.getLogger(__name__)
PAUSE = timedelta(seconds=5)
"""The shortest time between two requests for keys, however many tokens name unknown keys."""

KEPT_FOR = timedelta(minutes=10)
"""The maximum age of cached keys, after which a withdrawn key is noticed."""

RETRIED_AFTER = timedelta(minutes=1)
_WAIT_SECONDS = 5.0
_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class _KeptKeys:
    asked_at: datetime | None = None
    keys: Mapping[str, EllipticCurvePublicKey] = field(default_factory=dict)
    failed: bool = False


class Keys:
    """The keys at one address. Thread-safe: one thread fetches, the others wait for it.

    Args:
        url: the address of the JWKS document; built from settings and constants, never from a token.
        transport: sends requests to that address.
        now: the time, in UTC.
    """

    def __init__(self, url: str, transport: Transport, now: Callable[[], datetime]) -> None:
        self._url = url
        self._transport = transport
        self._now = now
        self._lock = threading.Lock()
        self._kept = _KeptKeys()

    def key(self, key_id: str) -> EllipticCurvePublicKey | None:
        """The key of that id; None if Backstage does not have it.

        Cached keys remain valid while new ones cannot be fetched.

        Raises:
            Unavailable: the key is not cached, and the keys cannot be fetched now.
        """
        if self._due(key_id):
            self._refresh(key_id)
        kept = self._kept
        if key_id not in kept.keys and (kept.failed or kept.asked_at is None):
            raise Unavailable(f"the keys at {printable(self._url)} cannot be fetched now; try again in a few seconds")
        return kept.keys.get(key_id)

    def _due(self, key_id: str) -> bool:
        kept = self._kept
        if kept.asked_at is None:
            return True
        pause = PAUSE if key_id not in kept.keys else RETRIED_AFTER if kept.failed else KEPT_FOR
        return not timedelta(0) <= self._now() - kept.asked_at < pause

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
        keys, failed = self._kept.keys, False
        try:
            answer = self._transport.request("GET", self._url, {"accept": "application/json"}, limit=_LIMIT)
            if answer.status != HTTPStatus.OK:
                raise Unavailable(f"it answered {answer.status}")
            keys = read_key_set(answer.body)
        except OutsideFailure as error:
            failed = True
            _log.warning("cannot fetch the keys at %s: %s; using the cached keys", printable(self._url), error)
        # The pause starts at the end of the request, so that a slow host does not get the next request at once.
        self._kept = _KeptKeys(self._now(), keys, failed)
