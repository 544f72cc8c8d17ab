"""Versions read out of tags, each tag form in its own way: one regular expression to a comparable key."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeAlias

from provider.tracker.decisions.repository import TagForm

Identifier: TypeAlias = tuple[int, int | str]
"""A part of a pre-release: (0, number), which comes before (1, text)."""

Precedence: TypeAlias = tuple[int, int, int, tuple[int, ...], int, tuple[Identifier, ...]]
"""Three numbers, further numbers, a `VersionKind`, and what stands behind the '-': comparable."""


class VersionKind(IntEnum):
    """What a version is, among those with the same numbers."""

    PRERELEASE = 0
    SUFFIXED = 1
    PLAIN = 2


_MOST_DIGITS = 30
# Longer numbers are hashes and the like, and would not fit where the order is stored.
_NUMBER = "(0|[1-9][0-9]{0,29})"
_LEADING_ZEROS = "([0-9]{1,30})"
_BEHIND = r"(?:-((?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+))?(?:\+(?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+)?"
_STRICT = re.compile(rf"[vV]?{_NUMBER}\.{_NUMBER}\.{_NUMBER}{_BEHIND}").fullmatch
_PARTIAL = re.compile(rf"[vV]?{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?{_BEHIND}").fullmatch
# calver.org: a year of four digits (YYYY) and a month, or of two (YY) and a month with its zero (0M).
_CALENDAR = re.compile(
    rf"[vV]?((?:19|20|21)[0-9]{{2}}|[0-9]{{2}}(?=\.0[1-9]\.))\.(0?[1-9]|1[0-2])\.{_LEADING_ZEROS}((?:\.[0-9]{{1,30}})*){_BEHIND}"
).fullmatch
# In a text that is no semver, the first run of numbers counts that begins like a version: 1.2rc1, jdk-21.0.1+12.
_SOMEWHERE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]*([0-9]{1,30}(?:[._-][0-9]{1,30})*)").search
_WORD_OR_NUMBER = re.compile("[0-9]{1,30}|[A-Za-z]+")
_PRERELEASE_WORD = re.compile(
    r"(?<![A-Za-z])(a|b|c|m|alpha|beta|rc|cr|pre|preview|prerelease|dev|snapshot|nightly|canary|milestone|ea|next)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
).search
# Looking a member up costs as much as the rest of a key.
_PLAIN, _PRERELEASE = VersionKind.PLAIN, VersionKind.PRERELEASE
_NUMBERS = re.compile("[0-9]+")
_NONE: tuple[Identifier, ...] = ()


def precedence(version: str, form: TagForm) -> Precedence | None:
    """A key to compare by; None when this is no version in that form.

    Build metadata (`+...`) does not count, as in semver; missing numbers of a partial version are zeros.
    """
    return _READERS[form](version)


def _semver(version: str) -> Precedence | None:
    match = _STRICT(version)
    if match is None:
        return _calendar(version)
    major, minor, patch, behind = match.groups()
    if behind is None:
        return int(major), int(minor), int(patch), (), _PLAIN, _NONE
    identifiers = _semver_identifiers(behind)
    return None if identifiers is None else (int(major), int(minor), int(patch), (), _PRERELEASE, identifiers)


def _calendar(version: str) -> Precedence | None:
    match = _CALENDAR(version)
    if match is None:
        return None
    year, month, third, more, behind = match.groups()
    rest = tuple(int(part) for part in more.split(".")[1:])
    identifiers = _identifiers(behind) if behind else _NONE
    return int(year), int(month), int(third), rest, VersionKind.PRERELEASE if behind else VersionKind.PLAIN, identifiers


def _partial(version: str) -> Precedence | None:
    match = _PARTIAL(version)
    if match is None:
        return _calendar(version)
    major, minor, patch, behind = match.groups()
    identifiers = _semver_identifiers(behind) if behind else _NONE
    kind = VersionKind.PRERELEASE if behind else VersionKind.PLAIN
    return None if identifiers is None else (int(major), int(minor or 0), int(patch or 0), (), kind, identifiers)


def _suffixed(version: str) -> Precedence | None:
    key = _semver(version)
    if key is None or key[4] != VersionKind.PRERELEASE or _is_prerelease(key[5]):
        return key
    return (*key[:4], VersionKind.SUFFIXED, key[5])


def _any(version: str) -> Precedence | None:
    return _semver(version) or _partial(version) or _somewhere(version)


def _somewhere(version: str) -> Precedence | None:
    # What stands before a '/' names a part of the repository: app/v1.2.0.
    last = version.rpartition("/")[2]
    match = None if last.startswith("sha256-") else _SOMEWHERE(last)
    if match is None:
        return None
    numbers = [int(number) for number in re.split("[._-]", match[1])]
    behind = last[match.end() :].partition("+")[0]
    # A single digit in the middle of letters is a commit's hash: main-3f2a1b.
    if len(numbers) == 1 and behind[:1].isalnum():
        return None
    major, minor, patch, *rest = (*numbers, 0, 0)[: max(len(numbers), 3)]
    if not _PRERELEASE_WORD(_NUMBERS.sub(".", behind)):
        return major, minor, patch, tuple(rest), VersionKind.PLAIN, _NONE
    return major, minor, patch, tuple(rest), VersionKind.PRERELEASE, _identifiers(behind)


def _semver_identifiers(behind: str) -> tuple[Identifier, ...] | None:
    """None where a number has a leading zero, which semver refuses (clause 9)."""
    identifiers: list[Identifier] = []
    for part in behind.split("."):
        if not part.isdecimal():
            identifiers.append((1, part))
        elif part[0] == "0" and part != "0":
            return None
        else:
            identifiers.append((0, int(part)) if len(part) <= _MOST_DIGITS else (1, part))
    return tuple(identifiers)


def _identifiers(behind: str) -> tuple[Identifier, ...]:
    return tuple((0, int(part)) if part.isdecimal() else (1, part.lower()) for part in _WORD_OR_NUMBER.findall(behind))


def _is_prerelease(identifiers: tuple[Identifier, ...]) -> bool:
    """Whether a suffix is one of the words that say so: rc1 is, alpine is not."""
    return any(isinstance(content, str) and _PRERELEASE_WORD(_NUMBERS.sub(".", content)) for _, content in identifiers)


_READERS: Mapping[TagForm, Callable[[str], Precedence | None]] = {
    TagForm.SEMVER: _semver,
    TagForm.PARTIAL: _partial,
    TagForm.SUFFIXED: _suffixed,
    TagForm.ANY: _any,
}
