"""The order of tags where a registry does not say when they were pushed. Pure.

Releases with their pre-releases come first, the highest first; then variants of releases (`22-bookworm`), dates
(`20240101`), channels (`latest` first, then by name), and at last what builds name after commits, pull requests and
counters.
"""

import re
from enum import IntEnum

Identifier = tuple[bool, int, str]


class _Group(IntEnum):
    BUILD = 0
    CHANNEL = 1
    DATE = 2
    VARIANT = 3
    RELEASE = 4


Precedence = tuple[int, tuple[int, ...], bool, tuple[Identifier, ...]]
"""Its group; numbers; whether nothing else follows them (a release is above its pre-releases); what follows."""

_NUMBERS = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)(.*)", re.DOTALL)
_DATE = re.compile(
    r"v?((?:19|20)[0-9]{2})(?P<gap>[-_]?)(0[1-9]|1[0-2])(?P=gap)(0[1-9]|[12][0-9]|3[01])"
    r"((?:[0-9]{4}|[0-9]{6})?|[-_.tT+].*)",
    re.DOTALL,
)
_HASH = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7,64}")
_COUNTER = re.compile(r"[0-9]{5,}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_COMMIT = re.compile(r"(?:sha|git|commit|rev|ref|g)[-_.]?[0-9a-f]{6,64}", re.IGNORECASE)
_OF_BUILD = re.compile(r"(?:pr|pull|mr|build|run|job|pipeline|ci)[-_.#]?([0-9]+)(?:[-_.].*)?", re.IGNORECASE)
# The hash after a branch's name has at least one digit and one letter, as nearly all have: `main-7f3c2d1`.
_AFTER_BRANCH = re.compile(r".*[-_.](?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,40}", re.DOTALL)
# `1.2.0-rc.1` is older than 1.2.0, `1.2.0-alpine` is the same version in another form. `r` and `p` are revisions.
_OF_RELEASES = frozenset(
    (
        *("a", "alpha", "b", "beta", "c", "canary", "cr", "dev", "ea", "experimental", "insiders", "m", "milestone"),
        *("next", "nightly", "p", "pre", "preview", "prerelease", "r", "rc", "snapshot", "test", "unstable"),
    )
)
_WORD = re.compile(r"[A-Za-z]+")
_FIRST_DIGIT = re.compile(r"[0-9]")
# No registry has a longer number; int() refuses very long ones.
_MOST_DIGITS = 100


def precedence(tag: str) -> Precedence:
    """The sort key of a tag; the highest comes first.

    It covers more than semantic versions, because people also read `22-bookworm` and `1.2` as versions.
    """
    if found := _DATE.fullmatch(tag):
        numbers = tuple(int(found[part]) for part in (1, 3, 4))
        time = found[5].lstrip("-_.tT+")
        return _Group.DATE, numbers, not _WORD.search(time), _identifiers(time)
    if (build := _build(tag)) is not None:
        return _Group.BUILD, build, True, ()
    if found := _NUMBERS.fullmatch(tag):
        suffix = found[2].lstrip("-._+")
        words = (word.lower() for word in _WORD.findall(suffix))
        group = _Group.RELEASE if all(word in _OF_RELEASES for word in words) else _Group.VARIANT
        return group, tuple(map(_number, found[1].split("."))), not suffix, _identifiers(suffix)
    if _AFTER_BRANCH.fullmatch(tag):
        return _Group.BUILD, (), True, ()
    return _Group.CHANNEL, (), tag == "latest", _channel(tag)


def is_channel(tag: str) -> bool:
    """Whether a tag is a name that moves on, such as `latest`: no version, date, commit or build."""
    return precedence(tag)[0] == _Group.CHANNEL


def _build(tag: str) -> tuple[int, ...] | None:
    """The number of a build; empty for a commit, None for another tag."""
    if found := _OF_BUILD.fullmatch(tag):
        return (_number(found[1]),)
    if _COUNTER.fullmatch(tag):
        return (_number(tag),)
    if any(kind.fullmatch(tag) for kind in (_HASH, _OF_COMMIT, _UUID)):
        return ()
    return None


def _channel(tag: str) -> tuple[Identifier, ...]:
    """Names from a to z; of one name, the one without a number first, and then the highest number first."""
    found = _FIRST_DIGIT.search(tag)
    name, rest = (tag[: found.start()].rstrip("-._"), tag[found.start() :]) if found else (tag, "")
    letters = tuple((False, -ord(letter), "") for letter in name)
    return *letters, (False, 1, ""), (not rest, 0, ""), *_identifiers(rest)


def _identifiers(text: str) -> tuple[Identifier, ...]:
    """Numbers below words, numbers by value (semver.org, 11.4)."""
    return tuple(_identifier(part) for part in re.split(r"[.-]", text)) if text else ()


def _identifier(text: str) -> Identifier:
    return (False, _number(text), "") if text.isdecimal() and text.isascii() else (True, 0, text)


def _number(digits: str) -> int:
    return int(digits[:_MOST_DIGITS])
