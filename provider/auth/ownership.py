"""The references that a user owns entities by: the user and the groups, read from Backstage."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from provider.auth.backstage_tokens import BackstageUser
from provider.auth.strict_json import parse_object
from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
KEPT_FOR = timedelta(minutes=1)
RETRIED_AFTER = timedelta(seconds=15)
MOST_KEPT = 1000
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Ownership:
    """The references that a user owns entities by.

    Attributes:
        references: the user and the groups, in lower case; direct memberships only, as of the last sign-in or token
            renewal of the user, when Backstage stores them.
        complete: whether Backstage returned the groups recently.
    """

    references: frozenset[str]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Known:
    ownership: Ownership
    expires_at: datetime


class Memberships:
    """Reads the groups of users from Backstage and caches them for a minute. Thread-safe.

    Args:
        url: the address of userinfo.
        transport: sends requests to that address.
        now: the time, in UTC.
    """

    def __init__(self, url: str, transport: Transport, now: Callable[[], datetime]) -> None:
        self._url = url
        self._transport = transport
        self._now = now
        self._lock = threading.Lock()
        # Keys are hashes of tokens, so that no token is stored.
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    def of(self, user: BackstageUser) -> Ownership:
        """The ownership of a user; if Backstage does not answer, the last known one, or else the user only."""
        name = hashlib.sha256(user.token.reveal().encode()).digest()
        with self._lock:
            known = self._known.get(name)
        if known and timedelta(0) < known.expires_at - self._now() <= KEPT_FOR:
            return known.ownership
        found = self._read(user, known.ownership if known else None)
        pause = KEPT_FOR if found.complete else RETRIED_AFTER
        with self._lock:
            self._known[name] = _Known(found, self._now() + pause)
            self._known.move_to_end(name)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return found

    def _read(self, user: BackstageUser, last: Ownership | None) -> Ownership:
        alone = frozenset({user.reference})
        try:
            return Ownership(alone | self._request(user))
        except Refused as error:
            return self._without_groups(user, "no groups", alone, error)
        except OutsideFailure as error:
            counted = "the last known groups" if last else "no groups"
            return self._without_groups(user, counted, last.references if last else alone, error)

    def _without_groups(
        self, user: BackstageUser, counted: str, references: frozenset[str], error: OutsideFailure
    ) -> Ownership:
        _log.warning(
            "groups_not_read",
            "{user} is treated as having {counted}: {error}",
            user=user.reference,
            counted=counted,
            error=error,
        )
        return Ownership(references, complete=False)

    def _request(self, user: BackstageUser) -> frozenset[str]:
        headers = {"accept": "application/json", "authorization": f"Bearer {user.token.reveal()}"}
        answer = self._transport.request("GET", self._url, headers)
        if answer.status in _REFUSALS:
            raise Refused(
                f"{self._url} answered {answer.status}; it does not accept the token, or the user no longer exists"
            )
        if answer.status != HTTPStatus.OK:
            raise Unavailable(f"{self._url} answered {answer.status}; retrying later")
        return frozenset(_references(answer.body, user.reference, self._url))


def _references(body: bytes, user: str, url: str) -> list[str]:
    """The references in `claims.ent` (backstage, plugins/auth-backend/src/service/OidcRouter.ts, `/v1/userinfo`)."""
    try:
        claims = parse_object(body).get("claims")
    except ValueError as error:
        raise Garbage(f"invalid response of {url}: {error}; retrying later") from None
    listed = claims.get("ent", []) if isinstance(claims, dict) else None
    if not isinstance(claims, dict) or not isinstance(listed, list):
        raise Garbage(f"{url} did not answer with the claims of a user; retrying later")
    if str(claims.get("sub")).lower() != user:
        raise Garbage(f"{url} answered with the claims of another user; retrying later")
    return [reference.lower() for reference in listed if isinstance(reference, str)]
