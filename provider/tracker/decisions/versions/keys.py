"""The comparable keys of versions. Pure."""

import re
from enum import IntEnum
from typing import TypeAlias

Identifier: TypeAlias = tuple[int, int | str]
"""A part of what follows the numbers: (0, number) sorts before (1, text)."""

Precedence: TypeAlias = tuple[int, int, int, tuple[int, ...], int, tuple[Identifier, ...]]
"""Three numbers, further numbers, a `VersionKind`, and the identifiers after them; keys compare as versions do."""

MOST_DIGITS = 30
"""Longer numbers are usually hashes, and would not fit into the stored sort key."""

_WORD_OR_NUMBER = re.compile("[0-9]{1,30}|[A-Za-z]+")


class VersionKind(IntEnum):
    """The kind of a version, in ascending order among versions with the same numbers."""

    PRERELEASE = 0
    SUFFIXED = 1
    PLAIN = 2


def natural_identifiers(suffix: str) -> tuple[Identifier, ...]:
    """The identifiers of a suffix as people order them: numbers by value also inside words, words in any case."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part.lower()) for part in _WORD_OR_NUMBER.findall(suffix))


def semver_identifiers(suffix: str) -> tuple[Identifier, ...] | None:
    """The identifiers of a pre-release; None if a number has a leading zero, which semver forbids (clause 9)."""
    identifiers: list[Identifier] = []
    for part in suffix.split("."):
        if not part.isdecimal():
            identifiers.append((1, part))
        elif part[0] == "0" and part != "0":
            return None
        else:
            identifiers.append((0, int(part)) if len(part) <= MOST_DIGITS else (1, part))
    return tuple(identifiers)
