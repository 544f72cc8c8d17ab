"""Validate ID tokens with given keys (OpenID Connect Core 1.0, section 3.1.3.7). Sends no requests."""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from joserfc.jws import deserialize_compact

from provider.auth.sign_in.signing_keys import SigningKey
from provider.auth.strict_json import parse_object
from provider.errors import ProviderError

LONGEST = 64 * 1024
"""Characters of an ID token; one with a thousand groups has fewer."""

CLOCKS_DIFFER_SECONDS = 30
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class WrongIdToken(ProviderError):
    """An ID token is invalid; the message says why and repeats no part of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the claims of an ID token must be.

    Attributes:
        issuer: its `iss`.
        client_id: its audience, or one of them; then `azp` names it too.
        nonce: that of this sign-in.
        access_token: the token that came with it, for `at_hash`.
    """

    issuer: str
    client_id: str
    nonce: str
    access_token: str


@dataclass(frozen=True, slots=True)
class UnprovenIdToken:
    """An ID token whose signature is not checked yet."""

    header: Mapping[str, object]
    key_id: str
    text: str


def read_id_token(text: str, algorithms: Collection[str]) -> UnprovenIdToken:
    """Check what needs no key, so that an invalid token causes no request for keys.

    Raises:
        WrongIdToken: it has no form of a token, or is not signed with one of the algorithms.
    """
    if len(text) > LONGEST or not _FORM.fullmatch(text):
        raise WrongIdToken("it is not three base64url parts separated by dots")
    first = text.partition(".")[0]
    try:
        header = parse_object(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (binascii.Error, ValueError):
        raise WrongIdToken("its header is not a JSON object with unique members") from None
    if header.get("alg") not in algorithms:
        raise WrongIdToken(f"it is not signed with {' or '.join(sorted(algorithms))}")
    key_id = header.get("kid", "")
    if not isinstance(key_id, str):
        raise WrongIdToken("the name of its key is not text")
    return UnprovenIdToken(header, key_id, text)


def proven_claims(token: UnprovenIdToken, key: SigningKey, expected: Expected, now: datetime) -> Mapping[str, object]:
    """The claims, once the signature and they themselves are checked.

    Raises:
        WrongIdToken: the signature is not that of the key, or a claim is not as expected.
    """
    try:
        claims = parse_object(deserialize_compact(token.text, key, algorithms=[str(token.header["alg"])]).payload)
    except (JoseError, ValueError, TypeError):
        raise WrongIdToken("its signature does not match the key that it names") from None
    options = {name: {"essential": True, "value": value} for name, value in _values(expected).items()}
    validated = CodeIDToken(claims, token.header, options, _parameters(expected))
    try:
        validated.validate(int(now.timestamp()), CLOCKS_DIFFER_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise WrongIdToken(_reason(error)) from None
    if not claims.get("sub"):
        raise WrongIdToken("it does not say who signed in: its sub is empty")
    return claims


def _values(expected: Expected) -> dict[str, str]:
    return {"iss": expected.issuer, "aud": expected.client_id}


def _parameters(expected: Expected) -> dict[str, str]:
    return {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": expected.access_token}


def _reason(error: Exception) -> str:
    """Which claim is wrong; the texts of the library name it and repeat no value."""
    kind = getattr(error, "error", "")
    if kind == "expired_token":
        return "it has expired; the clocks of both sides may differ"
    return f"a claim is missing or not as expected ({getattr(error, 'claim', '') or kind or 'of a wrong type'})"
