"""`WWW-Authenticate`: the credentials that a registry requires (RFC 9110, 11.6.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.errors import Refused

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_GAP = re.compile(r"[\s,]+")
# Values without quotes are read up to the next comma or space: registries leave addresses unquoted.
_PARAMETER = re.compile(rf'({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))', re.DOTALL)
_SCHEME = re.compile(rf"({_WORD})(?=[\s,]|$)")
_TOKEN68 = re.compile(r"\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))")
_JUNK = re.compile(r"[^\s,]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# The registry of IANA, "HTTP Authentication Schemes"; Microsoft's NTLM is not in it.
_OTHER_SCHEMES = frozenset(
    {"concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "oauth", "privatetoken"}
    | {"scram-sha-1", "scram-sha-256", "vapid"}
)
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: scheme and parameter names in lower case, values without quotes and escapes."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes in the challenge, if any."""
        return tuple(self.parameters.get("scope", "").split())

    def at(self, realm: str) -> "Challenge":
        """The same challenge with another address of the token server."""
        return Challenge(self.scheme, {**self.parameters, "realm": realm})


def usable_challenge(header: str, registry: str) -> Challenge:
    """The challenge of a header that is answered: one for a token, else one for a password.

    Args:
        header: the header, not empty.
        registry: the host that sent it, for messages.

    Raises:
        Refused: it requires another kind of authentication, or cannot be read.
    """
    challenges = parse_challenges(header)
    tokens = [it for it in challenges if it.scheme == "bearer" and it.parameters.get("realm")]
    passwords = [it for it in challenges if it.scheme == "basic"]
    if tokens or passwords:
        return (tokens or passwords)[0]
    schemes = sorted({it.scheme for it in challenges} & _OTHER_SCHEMES)
    if schemes:
        raise Refused(
            f"{registry} requires authentication by {', '.join(schemes)}, and this service has Basic and Bearer alone; "
            "turn on one of them at the registry"
        )
    raise Refused(
        f"{registry} sent a WWW-Authenticate header that has neither Basic nor Bearer with a realm; "
        "check the registry, or the proxy in front of it"
    )


def parse_challenges(text: str) -> tuple[Challenge, ...]:
    """Every challenge in a header, or in several headers joined by commas; what cannot be read is left out."""
    found: list[tuple[str, dict[str, str]]] = []
    text, position = text[:_LONGEST], 0
    while position < len(text):
        if gap := _GAP.match(text, position):
            position = gap.end()
        elif found and (parameter := _PARAMETER.match(text, position)):
            name, quoted, bare = parameter.groups()
            found[-1][1].setdefault(name.lower(), bare if quoted is None else _ESCAPED.sub(r"\1", quoted))
            position = parameter.end()
        elif scheme := _SCHEME.match(text, position):
            found.append((scheme[1].lower(), {}))
            position = _after_token68(text, scheme.end())
        elif junk := _JUNK.match(text, position):
            position = junk.end()
    return tuple(Challenge(scheme, parameters) for scheme, parameters in found)


def _after_token68(text: str, position: int) -> int:
    credentials = _TOKEN68.match(text, position)
    return credentials.end() if credentials else position
