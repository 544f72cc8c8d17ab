"""Sessions of people who signed in with a service token: a signed cookie that names the token."""

import hashlib
import hmac
from collections.abc import Sequence

from flask import current_app, request, session

from provider.auth.callers import Caller, ServiceToken, identify

_NAME, _PROOF = "token_name", "token_proof"


def sign_in(tokens: Sequence[ServiceToken], presented: str) -> Caller | None:
    """Start a session for a service token and return its caller; None, without changes, if the token is unknown."""
    caller = identify(tokens, [presented])
    if caller is None:
        return None
    # The previous session (its CSRF token) is not carried over.
    session.clear()
    session[_NAME], session[_PROOF] = caller.name, _proof(presented)
    return caller


def sign_out() -> None:
    """End the session."""
    session.clear()


def signed_in(tokens: Sequence[ServiceToken]) -> Caller | None:
    """The caller of the current session, with the current role of the token; None without a session.

    Removing a token, or replacing it under the same name, ends its sessions.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    name, proof = session.get(_NAME), session.get(_PROOF)
    token = next((token for token in tokens if token.name == name), None)
    if token is None or not isinstance(proof, str):
        return None
    same = hmac.compare_digest(_proof(token.secret.reveal()).encode(), proof.encode())
    return Caller(token.name, token.role) if same else None


def _proof(token: str) -> str:
    """A keyed digest of the token: the cookie is readable, so a plain digest would allow guessing a short token."""
    key = current_app.secret_key or b""
    key_bytes = key if isinstance(key, bytes) else key.encode()
    return hmac.new(key_bytes, b"session of " + token.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
