"""Backstage's tokens: which are right, given the keys. Nothing is asked here.

Source: backstage, plugins/auth-backend/src/identity/issueUserToken.ts and
packages/backend-defaults/src/entrypoints/auth; as measured with Backstage 1.55. Only user tokens name an issuer and the
audience `backstage`; a plugin's token names the plugin that it is for, and a limited user token has neither.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import InvalidTokenError, PyJWS

from catalog.grammar import is_reference
from provider.auth.strict_json import parse_object
from provider.errors import ProviderError
from proxy.secrets.secret import Secret

ALGORITHM = "ES256"
PLUGINS = ("scaffolder",)
"""Plugins that may act for a user."""

LONGEST = 16 * 1024
"""Characters of a token; one with a user's inside is not 2,000 long."""

_AUDIENCE_OF_USERS = "backstage"
_OUR_PLUGIN = "proxy"
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# What Backstage writes, and nothing more: no key or address of a key (jwk, jku, x5u) is read out of a token.
_HEADER = frozenset({"alg", "kid", "typ"})
_LONGEST_KEY_ID = 200
_CLOCKS_DIFFER_SECONDS = 30.0
# Of the year 9999. A number in JSON may have thousands of digits, which nothing can be reckoned with.
_LAST_SECOND = 253_402_300_799


class TokenKind(StrEnum):
    """What a token's `typ` says it is."""

    USER = "vnd.backstage.user"
    PLUGIN = "vnd.backstage.plugin"
    LIMITED_USER = "vnd.backstage.limited-user"


class WrongToken(ProviderError):
    """A token is not what it must be; the message says what is wrong and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class BackstageUser:
    """A user whose token was proven.

    Attributes:
        reference: `user:default/jane`, in lower case.
        token: acts as the user, so it goes to Backstage and nowhere else.
    """

    reference: str
    token: Secret


@dataclass(frozen=True, slots=True)
class Unproven:
    """What a token says; anybody can write that, so nothing counts before `prove`.

    Attributes:
        kind: what it is.
        key_id: which key it says to be signed with.
        subject: a user's reference in lower case, or a plugin out of `PLUGINS`.
        text: the token.
        on_behalf_of: in a plugin's token the limited token of the user it acts for.
    """

    kind: TokenKind
    key_id: str
    subject: str
    text: Secret
    on_behalf_of: Secret | None = None


def read_token(text: str, kinds: Collection[TokenKind], *, issuer: str, now: datetime) -> Unproven:
    """Read a token and check all that can be checked without a key, so that no key is asked for in vain.

    Args:
        text: as it came in.
        kinds: what it may be here.
        issuer: of user tokens: the configured Backstage's `/api/auth`.
        now: in UTC.

    Raises:
        WrongToken: it cannot be right, whoever signed it.
    """
    if len(text) > LONGEST:
        raise WrongToken(f"it is longer than {LONGEST} characters")
    if not _FORM.fullmatch(text):
        raise WrongToken("it is not three parts of base64url with dots between")
    header, claims = (_decoded(part) for part in text.split(".")[:2])
    kind, key_id = _kind(header, kinds), _key_id(header)
    _check_times(claims, now.timestamp())
    return Unproven(kind, key_id, _subject(kind, claims, issuer), Secret(text), _on_behalf_of(kind, claims))


def prove(token: Unproven, key: EllipticCurvePublicKey) -> None:
    """Check the signature.

    Raises:
        WrongToken: it was not made with that key.
    """
    try:
        PyJWS().decode_complete(token.text.reveal(), key, algorithms=[ALGORITHM])
    except InvalidTokenError:
        raise WrongToken("its signature is not by the key that it names") from None


def _decoded(part: str) -> dict[str, object]:
    try:
        return parse_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        raise WrongToken("its header and claims are not one JSON object each, with every member once") from None


def _kind(header: Mapping[str, object], kinds: Collection[TokenKind]) -> TokenKind:
    if header.get("alg") != ALGORITHM:
        raise WrongToken(f"it is not signed by {ALGORITHM}")
    if not _HEADER.issuperset(header):
        raise WrongToken(f"its header has more than {', '.join(sorted(_HEADER))}")
    for kind in kinds:
        if header.get("typ") == kind:
            return kind
    raise WrongToken(f"its typ is not {' or '.join(kinds)}")


def _key_id(header: Mapping[str, object]) -> str:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_KEY_ID:
        raise WrongToken("it does not name its key")
    return key_id


def _check_times(claims: Mapping[str, object], now: float) -> None:
    if _time(claims, "exp") <= now:
        raise WrongToken("it has expired")
    begins = [_time(claims, name) for name in ("iat", "nbf") if name == "iat" or name in claims]
    if max(begins) > now + _CLOCKS_DIFFER_SECONDS:
        raise WrongToken("it is not valid yet")


def _time(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise WrongToken(f"it has no time as {name}")
    return value


def _subject(kind: TokenKind, claims: Mapping[str, object], issuer: str) -> str:
    if claims.get("iss", None if kind is TokenKind.USER else issuer) != issuer:
        raise WrongToken(f"its iss is not {issuer}")
    if kind is not TokenKind.LIMITED_USER:
        audience = _OUR_PLUGIN if kind is TokenKind.PLUGIN else _AUDIENCE_OF_USERS
        if claims.get("aud") != audience:
            raise WrongToken(f"its aud is not {audience}")
    subject = claims.get("sub")
    return _plugin(subject) if kind is TokenKind.PLUGIN else _user(subject)


def _plugin(subject: object) -> str:
    if subject not in PLUGINS:
        raise WrongToken(f"its sub is no plugin that may act for a user ({', '.join(PLUGINS)})")
    return str(subject)


def _user(subject: object) -> str:
    text = subject.lower() if isinstance(subject, str) else ""
    if not text.startswith("user:") or "/" not in text or not is_reference(text, with_kind=True):
        raise WrongToken("its sub is no user; a user looks like user:default/jane")
    return text


def _on_behalf_of(kind: TokenKind, claims: Mapping[str, object]) -> Secret | None:
    if kind is not TokenKind.PLUGIN:
        return None
    inner = claims.get("obo")
    if not isinstance(inner, str):
        raise WrongToken("it acts for no user: it has no obo")
    return Secret(inner)
