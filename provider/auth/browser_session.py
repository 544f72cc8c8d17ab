"""Sessions of people who signed in: a signed cookie that names the open session and, for a service token, the token."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import current_app, request, session

from provider.auth.callers import Caller, CallerRole, ServiceToken, identify
from provider.auth.sessions import OpenSession, Sessions
from provider.auth.sign_in.person import SignedInPerson
from provider.auth.start_token import StartToken

SESSION_LIFETIME = timedelta(hours=12)
_ID, _NAME, _PROOF = "session", "token_name", "token_proof"
# Not the name of a service token: those have a proof too.
_STARTER = Caller("start-token", CallerRole.ADMIN)


def sign_in(tokens: Sequence[ServiceToken], sessions: Sessions, presented: str, now: datetime) -> Caller | None:
    """Start a session for a service token and return its caller; None, without changes, if the token is unknown."""
    caller = identify(tokens, [presented])
    if caller is not None:
        _start(sessions, now)
        session[_NAME], session[_PROOF] = caller.name, _proof(presented)
    return caller


def sign_in_once(start_token: StartToken, sessions: Sessions, presented: str, now: datetime) -> Caller | None:
    """Start a session with the token that the log shows; None, without changes, if it is another one."""
    if not start_token.takes(presented):
        return None
    _start(sessions, now)
    return _STARTER


def sign_in_person(sessions: Sessions, person: SignedInPerson, now: datetime, until: datetime | None = None) -> None:
    """Start a session for a person, which ends at the latest at this time."""
    _start(sessions, now, person, until)


def sign_out(sessions: Sessions, now: datetime) -> SignedInPerson | None:
    """End the session, for every copy of its cookie; returns the person whose it was."""
    found = _current(sessions, now)
    if isinstance(ended := session.get(_ID), str):
        sessions.end(ended)
    session.clear()
    return found.person if found else None


def signed_in(
    tokens: Sequence[ServiceToken],
    sessions: Sessions,
    caller_of: Callable[[SignedInPerson], Caller | None],
    now: datetime,
) -> Caller | None:
    """The caller of the current session, with the current role of the token or person; None without an open session.

    Removing a token, or replacing it under the same name, ends its sessions.
    """
    found = _current(sessions, now)
    if found is None:
        return None
    if found.person:
        return caller_of(found.person)
    name, proof = session.get(_NAME), session.get(_PROOF)
    token = next((token for token in tokens if token.name == name), None)
    if token is None or not isinstance(proof, str):
        return None
    same = hmac.compare_digest(_proof(token.secret.reveal()).encode(), proof.encode())
    return Caller(token.name, token.role) if same else None


def signed_in_once(sessions: Sessions, now: datetime) -> Caller | None:
    """The caller of a session that was started with the token of the log; only while no callers are configured."""
    found = _current(sessions, now)
    return _STARTER if found and found.person is None and _NAME not in session else None


def _start(
    sessions: Sessions, now: datetime, person: SignedInPerson | None = None, until: datetime | None = None
) -> None:
    # The previous session (its CSRF token) is not carried over.
    session.clear()
    latest = now + SESSION_LIFETIME
    session[_ID] = sessions.start(now, OpenSession(min(until or latest, latest), person))


def _current(sessions: Sessions, now: datetime) -> OpenSession | None:
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    found = session.get(_ID)
    return sessions.find(found, now) if isinstance(found, str) else None


def _proof(token: str) -> str:
    """A keyed digest of the token: the cookie is readable, so a plain digest would allow guessing a short token."""
    key = current_app.secret_key or b""
    key_bytes = key if isinstance(key, bytes) else key.encode()
    return hmac.new(key_bytes, b"session of " + token.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
