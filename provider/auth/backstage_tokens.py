"""Validate tokens of Backstage with given keys. Sends no requests.

Source: backstage, plugins/auth-backend/src/identity/issueUserToken.ts and
packages/backend-defaults/src/entrypoints/auth; as measured with Backstage 1.55. Only user tokens name an issuer and the
audience `backstage`; a plugin token names the plugin that it is for, and a limited user token has neither.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
"""Characters of a token; a plugin token that contains a user token has fewer than 2,000."""

_AUDIENCE_OF_USERS = "backstage"
_OUR_PLUGIN = "proxy"
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# The members that Backstage writes: a key or its address (jwk, jku, x5u) is never read from a token.
_HEADER = frozenset({"alg", "kid", "typ"})
_LONGEST_KEY_ID = 200
_CLOCKS_DIFFER_SECONDS = 30.0
# In the year 9999. A number in JSON can have thousands of digits, too many for calculations.
_LAST_SECOND = 253_402_300_799


class TokenKind(StrEnum):
    """The kind of a token, from its `typ`."""

    USER = "vnd.backstage.user"
    PLUGIN = "vnd.backstage.plugin"
    LIMITED_USER = "vnd.backstage.limited-user"


class WrongToken(ProviderError):
    """A token is invalid; the message says why and does not repeat any part of it."""


@dataclass(frozen=True, slots=True)
class BackstageUser:
    """A user whose token was validated.

    Attributes:
        reference: `user:default/jane`, in lower case.
        token: acts as the user, so it is sent to Backstage only.
        expires_at: when the token is no longer valid.
    """

    reference: str
    token: Secret
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unproven:
    """The content of a token that is not validated yet; do not trust it before `prove`.

    Attributes:
        kind: the kind of token.
        key_id: the key that it claims to be signed with.
        subject: the reference of a user in lower case, or one of `PLUGINS`.
        text: the token.
        expires_at: when it is no longer valid.
        on_behalf_of: in a plugin token, the limited token of the user that it acts for.
    """

    kind: TokenKind
    key_id: str
    subject: str
    text: Secret
    expires_at: datetime
    on_behalf_of: Secret | None = None


def read_token(text: str, kinds: Collection[TokenKind], *, issuer: str, now: datetime) -> Unproven:
    """Read a token and check everything that needs no key, so that invalid tokens cause no request for keys.

    Args:
        text: the token.
        kinds: the accepted kinds.
        issuer: the issuer of user tokens: `/api/auth` of the configured Backstage.
        now: the current time in UTC.

    Raises:
        WrongToken: the token is invalid, whoever signed it.
    """
    if len(text) > LONGEST:
        raise WrongToken(f"it is longer than {LONGEST} characters")
    if not _FORM.fullmatch(text):
        raise WrongToken("it is not three base64url parts separated by dots")
    header, claims = (_decoded(part) for part in text.split(".")[:2])
    kind, key_id = _kind(header, kinds), _key_id(header)
    _check_times(claims, now.timestamp())
    subject, expires_at = _subject(kind, claims, issuer), datetime.fromtimestamp(_time(claims, "exp"), UTC)
    return Unproven(kind, key_id, subject, Secret(text), expires_at, _on_behalf_of(kind, claims))


def prove(token: Unproven, key: EllipticCurvePublicKey) -> None:
    """Check the signature.

    Raises:
        WrongToken: it was not signed with that key.
    """
    try:
        PyJWS().decode_complete(token.text.reveal(), key, algorithms=[ALGORITHM])
    except InvalidTokenError:
        raise WrongToken("its signature does not match the key that it names") from None


def _decoded(part: str) -> dict[str, object]:
    try:
        return parse_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        raise WrongToken("its header or its claims are not a JSON object with unique members") from None


def _kind(header: Mapping[str, object], kinds: Collection[TokenKind]) -> TokenKind:
    if header.get("alg") != ALGORITHM:
        raise WrongToken(f"it is not signed with {ALGORITHM}")
    if not _HEADER.issuperset(header):
        raise WrongToken(f"its header has other members than {', '.join(sorted(_HEADER))}")
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
        raise WrongToken(f"its {name} is not a time")
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
        raise WrongToken(f"its sub is not a plugin that may act for a user ({', '.join(PLUGINS)})")
    return str(subject)


def _user(subject: object) -> str:
    text = subject.lower() if isinstance(subject, str) else ""
    if not text.startswith("user:") or "/" not in text or not is_reference(text, with_kind=True):
        raise WrongToken("its sub is not a user such as user:default/jane")
    return text


def _on_behalf_of(kind: TokenKind, claims: Mapping[str, object]) -> Secret | None:
    if kind is not TokenKind.PLUGIN:
        return None
    inner = claims.get("obo")
    if not isinstance(inner, str):
        raise WrongToken("it does not act for a user: it has no obo")
    return Secret(inner)
