"""Read a version from any tag as people read it: component, channel, numbers, and what follows. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from provider.tracker.decisions.versions.keys import Precedence, VersionKind, natural_identifiers
from provider.tracker.decisions.versions.words import (
    COUNTER_WORDS,
    PLAIN_WORDS,
    has_hash,
    is_channel,
    is_prerelease,
    without_final,
)

_MOST_DIGITS = 30
# A longer single number is a date, or a count that no person reads as a version.
_LONGEST_SINGLE = 5
_DAY = r"(?:19|20|21)[0-9]{2}(?P<mark>[-_])(?:0[1-9]|1[0-2])(?P=mark)(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
_NUMBERS = r"[0-9]{1,30}(?:\.[0-9]{1,30})+|[0-9]{1,30}(?:_[0-9]{1,30})+"
_AT_START = re.compile(rf"[vV]?(?P<core>{_DAY}|{_NUMBERS}|[0-9]{{1,30}}(?![0-9]))")
_DAY_OR_NUMBERS = re.compile(rf"(?P<core>{_DAY}|(?<![0-9])(?:{_NUMBERS}))")
_SINGLE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]*(?P<core>[0-9]{1,30})(?![0-9])")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})").fullmatch
_YEARS = range(1990, 2200)
_WORDS = re.compile(r"[^-_. ]+")
# Further numbers after the first ones: the time of a date, a serial number, an update.
_MORE = re.compile(
    r"(?:T([0-9]{2})[-:]?([0-9]{2})[-:]?([0-9]{2})Z?|[-_.]?(?:post|patch|hotfix|update|sp|p|u)[-_.]?([0-9]{1,9}))"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[-._]([0-9]{1,6})(?![0-9A-Za-z])")
_LETTER = re.compile(r"[a-z](?![0-9A-Za-z])")
_DIRECTLY = re.compile(r"(?:u[0-9]+|(?:rc|alpha|beta|a|b|c|m|ea|dev|pre|p)[-_.]?[0-9]*)(?![0-9A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TagParts:
    """The parts of a tag around its numbers."""

    component: str
    words: tuple[str, ...]
    core: str
    suffix: str


@dataclass(frozen=True, slots=True)
class NaturalVersion:
    """A version as people read it.

    Attributes:
        family: the component that the tag names, in lower case; '' for a plain version.
        core: the numbers as written.
        key: compares as versions do.
        prerelease: a word before or after the numbers marks a pre-release.
    """

    family: str
    core: str
    key: Precedence
    prerelease: bool


def natural_version(tag: str) -> NaturalVersion | None:
    """The version in a tag; None for a tag without one: a branch, a commit, a count of builds."""
    parts = _parts(tag)
    if parts is None:
        return None
    numbers = numbers_of(parts.core)
    counted = any(word in COUNTER_WORDS for word in parts.words)
    if numbers is None or (counted and (len(numbers) == 1 or is_date(parts.core))):
        return None
    if len(numbers) == 1 and not _may_follow(parts.suffix):
        return None
    more, suffix = _continued(numbers, parts)
    suffix = without_final(suffix)
    before = (*parts.component.split("/"), *parts.words)
    prerelease = is_prerelease(suffix) or any(map(is_channel, before))
    family = "-".join(word for word in before if word and word not in PLAIN_WORDS and not is_channel(word))
    return NaturalVersion(family, parts.core, key_of(more, suffix, prerelease=prerelease), prerelease)


def numbers_of(core: str) -> tuple[int, ...] | None:
    """The numbers of a core; a date without separators gives year, month and day.

    None for a single number that is too long for a version and is not a date.
    """
    if core.isdecimal() and len(core) > _LONGEST_SINGLE:
        return _compact_date(core)
    first, *others = re.split(r"[._-]", core)
    day = _compact_date(first)
    numbers = tuple(map(int, others))
    return (*day, *numbers) if day else (int(first), *numbers)


def key_of(numbers: tuple[int, ...], suffix: str, *, prerelease: bool) -> Precedence:
    """The key of numbers and what follows them; numbers that are missing are zeros."""
    major, minor, patch, *more = (*numbers, 0, 0)[: max(len(numbers), 3)]
    if prerelease:
        kind = VersionKind.PRERELEASE
    else:
        kind = VersionKind.PLAIN if not suffix or suffix[0] == "+" else VersionKind.SUFFIXED
    return major, minor, patch, tuple(more), kind, natural_identifiers(suffix)


def _parts(tag: str) -> TagParts | None:
    """Split at the last `/` or `@` with a number behind it, then at the numbers."""
    cut = max((tag.rfind(mark) for mark in "/@"), default=-1)
    component, rest = (tag[:cut], tag[cut + 1 :]) if cut >= 0 else ("", tag)
    if rest.startswith("sha256-") or not any(map(str.isdigit, rest)):
        return None
    found = _AT_START.match(rest) or _DAY_OR_NUMBERS.search(rest) or (None if has_hash(rest) else _SINGLE.search(rest))
    if found is None:
        return None
    start, end = found.span("core")
    words = tuple(word.lower() for word in _WORDS.findall(rest[:start]))
    return TagParts(component.strip("@").lower(), words, found["core"], rest[end:])


def _continued(numbers: tuple[int, ...], parts: TagParts) -> tuple[tuple[int, ...], str]:
    """The numbers with those that continue them, and the rest of the suffix."""
    suffix = parts.suffix
    if found := _MORE.match(suffix):
        padded = (*numbers, 0, 0)[: max(len(numbers), 3)]
        return (*padded, *(int(each) for each in found.groups() if each)), suffix[found.end() :]
    if is_date(parts.core) and (found := _SERIAL.match(suffix)):
        return (*numbers, int(found[1])), suffix[found.end() :]
    if len(numbers) > 1 and _LETTER.match(suffix):
        padded = (*numbers, 0, 0)[: max(len(numbers), 3)]
        return (*padded, ord(suffix[0]) - ord("a") + 1), suffix[1:]
    return numbers, suffix


def _may_follow(suffix: str) -> bool:
    """Whether a text may follow a single number: letters directly behind it are mostly a part of a commit."""
    return not suffix[:1].isalnum() or _DIRECTLY.match(suffix) is not None


def is_date(core: str) -> bool:
    """Whether the numbers of a version begin with a date."""
    match numbers_of(core):
        case (year, month, day, *_):
            return _is_day(year, month, day)
        case _:
            return False


def _compact_date(text: str) -> tuple[int, int, int] | None:
    found = _COMPACT(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    return (year, month, day) if _is_day(year, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    if year not in _YEARS:
        return False
    try:
        date(year, month, day)
    except (ValueError, OverflowError):
        return False
    return True
