"""The order of versions, and which release is the latest.

Precedence is semver's (semver.org, version 2.0.0, clause 11), extended to other versions that a tag form allows.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeVar

from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import TagForm
from provider.tracker.decisions.version_forms import Identifier, Precedence, VersionKind, precedence

__all__ = ["Precedence", "ReleaseRank", "latest", "precedence", "rank_of", "sort_text"]

AnyRelease = TypeVar("AnyRelease", Release, FoundRelease)
_NEVER = datetime.min.replace(tzinfo=UTC)


class ReleaseRank(IntEnum):
    """The first criterion for the latest release: the highest rank, then precedence; stored as `standing`."""

    OUT = 0
    """A draft, or withdrawn: never the latest."""
    NO_VERSION = 1
    PRERELEASE = 2
    STABLE = 3


def latest(releases: Iterable[AnyRelease], form: TagForm) -> AnyRelease | None:
    """The highest stable release, whenever it was published; else the highest pre-release, else one without a version.

    Drafts and withdrawn releases never count. Releases with equal precedence or without a version are ordered by date.
    """
    best: tuple[tuple[ReleaseRank, str, datetime, str], AnyRelease] | None = None
    for release in releases:
        key = precedence(release.version, form)
        rank = rank_of(release, key)
        order = (rank, sort_text(key), release.date or _NEVER, release.version)
        if rank is not ReleaseRank.OUT and (best is None or order > best[0]):
            best = (order, release)
    return None if best is None else best[1]


def rank_of(release: Release | FoundRelease, key: Precedence | None) -> ReleaseRank:
    """The rank of a release; `key` is the precedence of its version."""
    if release.draft or (isinstance(release, Release) and release.withdrawn):
        return ReleaseRank.OUT
    if key is None:
        return ReleaseRank.NO_VERSION
    return ReleaseRank.PRERELEASE if release.prerelease or key[4] == VersionKind.PRERELEASE else ReleaseRank.STABLE


def sort_text(key: Precedence | None) -> str:
    """An ASCII text that sorts by code point as the keys compare; '' for None, which sorts first."""
    if key is None:
        return ""
    numbers = "".join(map(_number_text, key[:3])) + "".join("," + _number_text(number) for number in key[3])
    # '!' is lower than ',', so fewer numbers sort first. It is also lower than every character of an identifier.
    return f"{numbers}!{key[4]}" + "!".join(map(_identifier_text, key[5]))


def _number_text(number: int) -> str:
    digits = str(number)
    return f"{len(digits):02}{digits}"


def _identifier_text(identifier: Identifier) -> str:
    kind, content = identifier
    return f"{kind}{_number_text(content) if isinstance(content, int) else content}"
