"""The order of versions, and which release is the latest.

Precedence is semver's (semver.org, version 2.0.0, clause 11), extended to what is no semver where a tag form allows it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeVar

from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import TagForm
from provider.tracker.decisions.version_forms import Identifier, Precedence, VersionKind, precedence

__all__ = ["Precedence", "Standing", "is_stable", "latest", "precedence", "sort_text", "standing"]

AnyRelease = TypeVar("AnyRelease", Release, FoundRelease)
_NEVER = datetime.min.replace(tzinfo=UTC)


class Standing(IntEnum):
    """What comes first when the latest release is looked for: the highest standing, then precedence."""

    OUT = 0
    """A draft, or withdrawn: never the latest."""
    NO_VERSION = 1
    PRERELEASE = 2
    STABLE = 3


def is_stable(version: str, form: TagForm) -> bool:
    """Whether it is a version and no pre-release."""
    key = precedence(version, form)
    return key is not None and key[4] != VersionKind.PRERELEASE


def latest(releases: Iterable[AnyRelease], form: TagForm) -> AnyRelease | None:
    """The highest stable release, whenever it arrived; else the highest pre-release, else what is no version at all.

    Drafts and what was withdrawn never. What is equal by precedence, or is no version, is ordered by date.
    """
    best: tuple[tuple[Standing, str, datetime, str], AnyRelease] | None = None
    for release in releases:
        key = precedence(release.version, form)
        place = standing(release, key)
        rank = (place, sort_text(key), release.date or _NEVER, release.version)
        if place is not Standing.OUT and (best is None or rank > best[0]):
            best = (rank, release)
    return None if best is None else best[1]


def standing(release: Release | FoundRelease, key: Precedence | None) -> Standing:
    """Where a release stands when the latest is looked for; `key` is its version's precedence."""
    if release.draft or (isinstance(release, Release) and release.withdrawn):
        return Standing.OUT
    if key is None:
        return Standing.NO_VERSION
    return Standing.PRERELEASE if release.prerelease or key[4] == VersionKind.PRERELEASE else Standing.STABLE


def sort_text(key: Precedence | None) -> str:
    """A text in ASCII that sorts by code point as the keys compare; '' for None, which sorts first."""
    if key is None:
        return ""
    numbers = "".join(map(_number_text, key[:3])) + "".join("," + _number_text(number) for number in key[3])
    # '!' is lower than ',': fewer numbers sort first. It is lower than all that an identifier may have, too.
    return f"{numbers}!{key[4]}" + "!".join(map(_identifier_text, key[5]))


def _number_text(number: int) -> str:
    digits = str(number)
    return f"{len(digits):02}{digits}"


def _identifier_text(identifier: Identifier) -> str:
    kind, content = identifier
    return f"{kind}{_number_text(content) if isinstance(content, int) else content}"
