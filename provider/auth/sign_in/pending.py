"""Sign-ins that a browser has begun: named in its cookie, each valid for ten minutes and only once."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, session

from provider.auth.sign_in.open_id_provider import Proofs

VALID_FOR = timedelta(minutes=10)
_KEY = "sign_ins"
_BYTES = 16
# As many windows as a person signs in with at a time; the cookie has no place for many.
_MOST = 3
_LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in that has begun.

    Attributes:
        proofs: its secrets. The nonce and the verifier are derived from the state by the key of sessions, so that the
            cookie, which its browser can read, has neither.
        next_page: the path to open afterwards.
    """

    proofs: Proofs
    next_page: str


def begin_sign_in(next_page: str, now: datetime) -> Proofs:
    """Note a new sign-in in the cookie."""
    state = secrets.token_urlsafe(_BYTES)
    path = next_page if len(next_page) <= _LONGEST_PATH else "/"
    session[_KEY] = [*_noted(), [state, path, int(now.timestamp())]][-_MOST:]
    return _proofs(state)


def take_sign_in(state: str, now: datetime) -> PendingSignIn | None:
    """Remove a sign-in from the cookie and return it; None if this browser has not begun it, or too long ago."""
    noted = _noted()
    found = next((each for each in noted if hmac.compare_digest(each[0].encode(), state.encode())), None)
    if found is None:
        return None
    session[_KEY] = [each for each in noted if each is not found]
    begun = datetime.fromtimestamp(found[2], now.tzinfo)
    return PendingSignIn(_proofs(found[0]), found[1]) if now - begun < VALID_FOR else None


def _noted() -> list[tuple[str, str, int]]:
    # The cookie is signed, so it has what was written.
    return [(state, path, begun) for state, path, begun in session.get(_KEY, [])]


def _proofs(state: str) -> Proofs:
    return Proofs(state, _derived("nonce", state), _derived("verifier", state))


def _derived(purpose: str, state: str) -> str:
    """64 characters: a verifier has 43 to 128 (RFC 7636, section 4.1)."""
    key = current_app.secret_key or b""
    key_bytes = key if isinstance(key, bytes) else key.encode()
    return hmac.new(key_bytes, f"sign-in {purpose} {state}".encode(), hashlib.sha256).hexdigest()
