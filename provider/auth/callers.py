"""Callers and service tokens: identify a caller by token, and parse the configured tokens."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

SHORTEST_SECRET = 16
"""The fewest characters of a secret that callers present or that signs sessions: a shorter one can be guessed."""

_RIGHT = "write name:role:token, separated by commas; roles are read, rebuild, emergency and admin"


class CallerRole(StrEnum):
    """The permissions of a caller: read; read and request rebuilds; read and request emergencies; everything."""

    READ = "read"
    REBUILD = "rebuild"
    EMERGENCY = "emergency"
    ADMIN = "admin"


class CallerKind(StrEnum):
    """How a caller is known: by a token of its own, as a user of Backstage, by a session, or by being on this machine.

    The last one is possible only while no callers are configured.
    """

    TOKEN = "token"  # noqa: S105 - a kind, no token
    USER = "user"
    SESSION = "session"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller and its permissions.

    Attributes:
        name: the name of the service token, or the reference of the user in Backstage, `user:default/jane`.
        role: the permissions for every image; READ for a user.
        ownership: None for a service token. For a user, the references that the user owns entities by, in lower case:
            the user, and the groups once they were requested.
    """

    name: str
    role: CallerRole
    ownership: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token of a program or a person."""

    name: str
    role: CallerRole
    secret: Secret


def identify(tokens: Sequence[ServiceToken], presented: Sequence[str]) -> Caller | None:
    """The caller of a presented token; if several match, the first in `tokens`.

    Every token is compared with every presented text, so that the time does not reveal which one matched, or how much.
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
    """Whether the text is the secret, compared in constant time."""
    return hmac.compare_digest(_digest(secret.reveal()), _digest(presented))


def parse_tokens(text: str) -> tuple[ServiceToken, ...]:
    """Parse `name:role:token,...`; an empty text has no tokens.

    Raises:
        InvalidSetting: an entry is invalid. The message has the number of the entry and none of its text, because a
            token may be in the wrong place.
    """
    if not text.strip():
        return ()
    tokens = tuple(_parsed(number, entry.strip()) for number, entry in enumerate(text.split(","), start=1))
    _refuse_repeats("name", [token.name for token in tokens])
    _refuse_repeats("token", [token.secret.reveal() for token in tokens])
    return tokens


def _parsed(number: int, entry: str) -> ServiceToken:
    name, role, secret = [*entry.split(":", 2), "", ""][:3]
    if problem := _problem(name, role, secret):
        raise InvalidSetting(f"entry {number} {problem}; {_RIGHT}")
    return ServiceToken(name, CallerRole(role), Secret(secret))


def _problem(name: str, role: str, secret: str) -> str | None:
    if not name:
        return "has no name"
    if role not in set(CallerRole):
        return "has an unknown role"
    if not secret:
        return "has no token"
    if not all("!" <= character <= "~" for character in secret):
        return "has a token with characters that a header cannot contain (use visible ASCII characters only)"
    return None


def _refuse_repeats(what: str, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts, start=1):
        first = texts.index(text) + 1
        if first != number:
            raise InvalidSetting(f"entries {first} and {number} have the same {what}; use a different {what} for each")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
