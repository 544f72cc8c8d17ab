"""Shell patterns as in `${name#pattern}`: `*` and `?`, without bracket expressions.

Source of the rules: BuildKit, frontend/dockerfile/shell/lex.go (convertShellPatternToRegex, trimPrefix, trimSuffix).
"""

import re

from provider.domain.dockerfile.errors import InvalidSyntaxError

_STAR = object()
_ANY = object()
_Token = str | object


def without_prefix(value: str, pattern: str, *, longest: bool) -> str:
    """The value without the matching start.

    Raises:
        InvalidSyntaxError: the pattern escapes a character that needs none.
    """
    found = _expression(_tokens(pattern), longest=longest).match(value)
    return value[found.end() :] if found else value


def without_suffix(value: str, pattern: str, *, longest: bool) -> str:
    """The value without the matching end.

    Raises:
        InvalidSyntaxError: the pattern escapes a character that needs none.
    """
    # In the reversed text the shortest end is the shortest start.
    backwards = value[::-1]
    found = _expression(_tokens(pattern)[::-1], longest=longest).match(backwards)
    return backwards[found.end() :][::-1] if found else value


def replaced(value: str, pattern: str, replacement: str, *, everywhere: bool) -> list[str]:
    """The pieces of the value with the first match, or all matches, replaced; a match is as long as possible.

    The pieces are not joined, since the whole can be much longer than the value and the replacement.

    Raises:
        InvalidSyntaxError: the pattern escapes a character that needs none.
    """
    pieces: list[str] = []
    kept = 0
    for found in _expression(_tokens(pattern), longest=True).finditer(value):
        # Unlike Python's, Go's regexp has no empty match directly after another match.
        if found.end() > kept or found.start() == 0:
            pieces += [value[kept : found.start()], replacement]
            kept = found.end()
            if not everywhere:
                break
    return [*pieces, value[kept:]]


def _tokens(pattern: str) -> list[_Token]:
    tokens: list[_Token] = []
    characters = iter(pattern)
    for character in characters:
        match character:
            case "*":
                tokens.append(_STAR)
            case "?":
                tokens.append(_ANY)
            case "\\":
                tokens.append(_escaped(next(characters, "")))
            case _:
                tokens.append(character)
    return tokens


def _escaped(character: str) -> str:
    if character and character in "*?\\}/":
        return character
    advice = "is no escape in a pattern; only * ? \\ } and / take one"
    raise InvalidSyntaxError(f"a character after \\ {advice}", f"'\\{character}' {advice}")


def _expression(tokens: list[_Token], *, longest: bool) -> re.Pattern[str]:
    """A regular expression that cannot backtrack from one star into another, so that every pattern is fast.

    Taking the earliest place for every part is enough to find the shortest match; only the last star decides how
    far the longest one reaches.
    """
    parts = [""]
    for token in tokens:
        if token is _STAR:
            parts.append("")
        else:
            parts[-1] += "." if token is _ANY else re.escape(str(token))
    first, *rest = parts
    if not rest:
        return re.compile(first)
    *middle, last = rest
    reach = ".*" if longest else ".*?"
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + reach + last)
