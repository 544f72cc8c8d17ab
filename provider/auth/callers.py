"""Callers, and those of them that have a service token: who may call, and which of them this is."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

_RIGHT = "write name:role:token, separated by commas; roles are read, rebuild and admin"


class CallerRole(StrEnum):
    """What a caller may do: read; read and ask for rebuilds; everything."""

    READ = "read"
    REBUILD = "rebuild"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what they may do.

    Attributes:
        name: of the service token, or the user's reference in Backstage, `user:default/jane`.
        role: what they may do with every image; for a user READ.
        ownership: None for a service token. For a user the references that they own by, in lower case: themself, and
            their groups once somebody had to ask for them.
    """

    name: str
    role: CallerRole
    ownership: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token that one program or person was given."""

    name: str
    role: CallerRole
    secret: Secret


def identify(tokens: Sequence[ServiceToken], presented: Sequence[str]) -> Caller | None:
    """The caller whose token is among those presented; of several the one that is first in `tokens`.

    Every token is compared with every presented text, so that the time tells neither which nor how much was right.
    """
    digests = [_digest(text) for text in presented]
    found: Caller | None = None
    for token in tokens:
        expected = _digest(token.secret.reveal())
        matches = [hmac.compare_digest(expected, digest) for digest in digests]
        if any(matches) and found is None:
            found = Caller(token.name, token.role)
    return found


def same_secret(secret: Secret, presented: str) -> bool:
    """Whether the text is the secret; as slow for a wrong one as for the right one."""
    return hmac.compare_digest(_digest(secret.reveal()), _digest(presented))


def parse_tokens(text: str) -> tuple[ServiceToken, ...]:
    """The tokens in `name:role:token,...`; an empty text has none.

    Raises:
        InvalidSetting: an entry is not right. The message counts entries and repeats none of their text, since a
            token may stand in the wrong place.
    """
    if not text.strip():
        return ()
    tokens = tuple(_parsed(number, entry.strip()) for number, entry in enumerate(text.split(","), start=1))
    _refuse_repeats("name", [token.name for token in tokens])
    _refuse_repeats("token", [token.secret.reveal() for token in tokens])
    return tokens


def _parsed(number: int, entry: str) -> ServiceToken:
    name, role, secret = [*entry.split(":", 2), "", ""][:3]
    problem = _problem(name, role, secret)
    if problem:
        raise InvalidSetting(f"entry {number} {problem}; {_RIGHT}")
    return ServiceToken(name, CallerRole(role), Secret(secret))


def _problem(name: str, role: str, secret: str) -> str | None:
    if not name:
        return "has no name"
    if role not in set(CallerRole):
        return "has no role that is known"
    if not secret:
        return "has no token"
    if not all("!" <= character <= "~" for character in secret):
        return "has a token that no header can carry (only visible ASCII characters can be in it)"
    return None


def _refuse_repeats(what: str, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts, start=1):
        first = texts.index(text) + 1
        if first != number:
            raise InvalidSetting(f"entries {first} and {number} have the same {what}; each needs its own")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
