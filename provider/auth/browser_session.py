"""People who signed in with a service token: their browser keeps a signed cookie that names it."""

import hashlib
import hmac
from collections.abc import Sequence

from flask import current_app, request, session

from provider.auth.callers import Caller, ServiceToken, identify

_NAME, _PROOF = "token_name", "token_proof"


def sign_in(tokens: Sequence[ServiceToken], presented: str) -> Caller | None:
    """Begin a session for the token that was presented; None where it is none, and then nothing changes."""
    caller = identify(tokens, [presented])
    if caller is None:
        return None
    # What the browser had before it signed in (a token against forged forms) is not carried over.
    session.clear()
    session[_NAME], session[_PROOF] = caller.name, _proof(presented)
    return caller


def sign_out() -> None:
    """End the session."""
    session.clear()


def signed_in(tokens: Sequence[ServiceToken]) -> Caller | None:
    """Who the session at hand belongs to, with the rights that the token has now; None without one.

    A token that was removed, or replaced under its name, ends its sessions.
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
    """The cookie can be read by whoever has it, so a plain digest would let a short token be guessed."""
    key = current_app.secret_key or b""
    own = key if isinstance(key, bytes) else key.encode()
    return hmac.new(own, b"session of " + token.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
