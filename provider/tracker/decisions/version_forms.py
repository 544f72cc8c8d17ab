"""Read versions from tags as comparable keys, with one parser per tag form."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeAlias

from provider.tracker.decisions.repository import TagForm

Identifier: TypeAlias = tuple[int, int | str]
"""A part of a pre-release: (0, number) sorts before (1, text)."""

Precedence: TypeAlias = tuple[int, int, int, tuple[int, ...], int, tuple[Identifier, ...]]
"""Three numbers, further numbers, a `VersionKind`, and the identifiers after the '-'; keys compare as versions do."""


class VersionKind(IntEnum):
    """The kind of a version, in ascending order among versions with the same numbers."""

    PRERELEASE = 0
    SUFFIXED = 1
    PLAIN = 2


_MOST_DIGITS = 30
# Longer numbers are usually hashes, and would not fit into the stored sort key.
_NUMBER = "(0|[1-9][0-9]{0,29})"
_LEADING_ZEROS = "([0-9]{1,30})"
_SUFFIX = r"(?:-((?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+))?(?:\+(?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+)?"
_STRICT = re.compile(rf"[vV]?{_NUMBER}\.{_NUMBER}\.{_NUMBER}{_SUFFIX}").fullmatch
_PARTIAL = re.compile(rf"[vV]?{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?{_SUFFIX}").fullmatch
# calver.org: a year of four digits (YYYY) and a month, or of two (YY) and a month with its zero (0M).
_CALENDAR = re.compile(
    rf"[vV]?((?:19|20|21)[0-9]{{2}}|[0-9]{{2}}(?=\.0[1-9]\.))\.(0?[1-9]|1[0-2])\.{_LEADING_ZEROS}((?:\.[0-9]{{1,30}})*){_SUFFIX}"
).fullmatch
# In a tag that is not semver, the first group of numbers that looks like a version counts: 1.2rc1, jdk-21.0.1+12.
_SOMEWHERE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]*([0-9]{1,30}(?:[._-][0-9]{1,30})*)").search
_WORD_OR_NUMBER = re.compile("[0-9]{1,30}|[A-Za-z]+")
_PRERELEASE_WORD = re.compile(
    r"(?<![A-Za-z])(a|b|c|m|alpha|beta|rc|cr|pre|preview|prerelease|dev|snapshot|nightly|canary|milestone|ea|next)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
).search
# Enum member access would cost as much as the rest of the key.
_PLAIN, _PRERELEASE = VersionKind.PLAIN, VersionKind.PRERELEASE
_NUMBERS = re.compile("[0-9]+")
_NONE: tuple[Identifier, ...] = ()


def precedence(version: str, form: TagForm) -> Precedence | None:
    """The comparable key of a version; None if the tag is not a version in that form.

    Build metadata (`+...`) is ignored, as in semver; missing numbers of a partial version are zeros.
    """
    return _READERS[form](version)


def _semver(version: str) -> Precedence | None:
    match = _STRICT(version)
    if match is None:
        return _calendar(version)
    major, minor, patch, suffix = match.groups()
    if suffix is None:
        return int(major), int(minor), int(patch), (), _PLAIN, _NONE
    identifiers = _semver_identifiers(suffix)
    return None if identifiers is None else (int(major), int(minor), int(patch), (), _PRERELEASE, identifiers)


def _calendar(version: str) -> Precedence | None:
    match = _CALENDAR(version)
    if match is None:
        return None
    year, month, third, more, suffix = match.groups()
    rest = tuple(int(part) for part in more.split(".")[1:])
    identifiers = _identifiers(suffix) if suffix else _NONE
    return int(year), int(month), int(third), rest, VersionKind.PRERELEASE if suffix else VersionKind.PLAIN, identifiers


def _partial(version: str) -> Precedence | None:
    match = _PARTIAL(version)
    if match is None:
        return _calendar(version)
    major, minor, patch, suffix = match.groups()
    identifiers = _semver_identifiers(suffix) if suffix else _NONE
    kind = VersionKind.PRERELEASE if suffix else VersionKind.PLAIN
    return None if identifiers is None else (int(major), int(minor or 0), int(patch or 0), (), kind, identifiers)


def _suffixed(version: str) -> Precedence | None:
    key = _semver(version)
    if key is None or key[4] != VersionKind.PRERELEASE or _is_prerelease(key[5]):
        return key
    return (*key[:4], VersionKind.SUFFIXED, key[5])


def _any(version: str) -> Precedence | None:
    return _semver(version) or _partial(version) or _somewhere(version)


def _somewhere(version: str) -> Precedence | None:
    # The part before a '/' names a component of the repository: app/v1.2.0.
    last = version.rpartition("/")[2]
    match = None if last.startswith("sha256-") else _SOMEWHERE(last)
    if match is None:
        return None
    numbers = [int(number) for number in re.split("[._-]", match[1])]
    suffix = last[match.end() :].partition("+")[0]
    # A single number directly followed by letters is part of a commit hash: main-3f2a1b.
    if len(numbers) == 1 and suffix[:1].isalnum():
        return None
    major, minor, patch, *rest = (*numbers, 0, 0)[: max(len(numbers), 3)]
    if not _PRERELEASE_WORD(_NUMBERS.sub(".", suffix)):
        return major, minor, patch, tuple(rest), VersionKind.PLAIN, _NONE
    return major, minor, patch, tuple(rest), VersionKind.PRERELEASE, _identifiers(suffix)


def _semver_identifiers(suffix: str) -> tuple[Identifier, ...] | None:
    """The identifiers of a pre-release; None if a number has a leading zero, which semver forbids (clause 9)."""
    identifiers: list[Identifier] = []
    for part in suffix.split("."):
        if not part.isdecimal():
            identifiers.append((1, part))
        elif part[0] == "0" and part != "0":
            return None
        else:
            identifiers.append((0, int(part)) if len(part) <= _MOST_DIGITS else (1, part))
    return tuple(identifiers)


def _identifiers(suffix: str) -> tuple[Identifier, ...]:
    return tuple((0, int(part)) if part.isdecimal() else (1, part.lower()) for part in _WORD_OR_NUMBER.findall(suffix))


def _is_prerelease(identifiers: tuple[Identifier, ...]) -> bool:
    """Whether a suffix marks a pre-release: rc1 does, alpine does not."""
    return any(isinstance(content, str) and _PRERELEASE_WORD(_NUMBERS.sub(".", content)) for _, content in identifiers)


_READERS: Mapping[TagForm, Callable[[str], Precedence | None]] = {
    TagForm.SEMVER: _semver,
    TagForm.PARTIAL: _partial,
    TagForm.SUFFIXED: _suffixed,
    TagForm.ANY: _any,
}
