"""Reads a person from the claims of a provider, whichever provider it is. Pure."""

from collections.abc import Mapping

MOST_GROUPS = 2_000
_LONGEST_GROUP = 200
_LONGEST_NAME = 100
# Of a person's choice last: `sub` is unique, but often a number.
_NAMES = ("preferred_username", "email", "sub")


def claim(claims: Mapping[str, object], name: str) -> object:
    """The claim of this name, also within others: `realm_access.roles`; None if it is missing."""
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    inner = claims.get(first)
    return claim(inner, rest) if dot and isinstance(inner, dict) else None


def groups_of(claims: Mapping[str, object], name: str) -> frozenset[str] | None:
    """The groups in this claim, which is a list or one text; None if the claim is missing."""
    found = claim(claims, name)
    if found is None:
        return None
    listed = found if isinstance(found, list) else [found]
    texts = [text for text in listed if isinstance(text, str) and 0 < len(text) <= _LONGEST_GROUP]
    return frozenset(texts[:MOST_GROUPS])


def name_of(claims: Mapping[str, object]) -> str:
    """What the person is called, in printable characters: the user name, else the verified mail address, else `sub`."""
    for name in _NAMES:
        text = claims.get(name)
        if name == "email" and claims.get("email_verified") is False:
            continue
        if isinstance(text, str) and (shown := printable_name(text)):
            return shown
    return ""


def printable_name(text: str) -> str:
    """A name without characters that cannot be printed or that part lines, cut to 100."""
    return "".join(character for character in text if character.isprintable()).strip()[:_LONGEST_NAME]
