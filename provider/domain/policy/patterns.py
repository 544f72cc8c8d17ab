"""Patterns of policy.yaml: `*` matches any text without '/', `**` matches any text, all else matches itself."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 255
"""Characters of a pattern. The time of a match grows with the text alone, because a pattern fits into one number."""

_TOKEN = re.compile(r"\*+|[^*]")


# The same image is asked about several times in one decision; images that are decided later have other texts.
@lru_cache(maxsize=1_024)
def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches the pattern; upper and lower case differ.

    All positions in the pattern at which the text may be are the bits of one number, so no pattern backtracks.
    """
    compiled = _compiled(pattern)
    at = compiled.skipped(1)
    for character in text:
        stay = at & (compiled.within if character == "/" else compiled.any)
        at = compiled.skipped(stay | (at & compiled.literals.get(character, 0)) << 1)
    return bool(at >> compiled.length & 1)


def matches_any(patterns: tuple[str, ...], text: str) -> bool:
    """Whether the text matches one of the patterns."""
    return any(matches(pattern, text) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A pattern as bits: one for each position in it.

    Attributes:
        literals: character to the positions of that character.
        any: the positions of `*` and `**`.
        within: the positions of `**`, which also match '/'.
        length: the number of tokens; the bit behind the last one means that the whole pattern has matched.
    """

    literals: dict[str, int]
    any: int
    within: int
    length: int

    def skipped(self, at: int) -> int:
        """These positions, and those behind wildcards, which also match nothing; no two wildcards are neighbours."""
        return at | (at & self.any) << 1


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> _Compiled:
    literals: dict[str, int] = {}
    wild = within = 0
    tokens = _TOKEN.findall(pattern)
    for position, token in enumerate(tokens):
        bit = 1 << position
        if not token.startswith("*"):
            literals[token] = literals.get(token, 0) | bit
            continue
        wild |= bit
        within |= bit if len(token) > 1 else 0
    return _Compiled(literals, wild, within, len(tokens))
