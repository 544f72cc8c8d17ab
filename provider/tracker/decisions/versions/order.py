"""The order of versions, and which release is the latest.

Precedence is semver's (semver.org, version 2.0.0, clause 11), extended to other versions that a tag form allows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeVar

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.versions.families import RECENT, Counted, VersionGroup, counting, preferred_families
from provider.tracker.decisions.versions.forms import TagVersion, precedence, tag_version
from provider.tracker.decisions.versions.keys import Identifier, Precedence

__all__ = ["ORDER_RULES", "ReleaseRank", "latest", "precedence", "rank_of", "sort_text", "tag_version"]

ORDER_RULES = 4
"""Increase it with every change of a stored key, rank, family or scheme: stored ones are then computed again."""

AnyRelease = TypeVar("AnyRelease", Release, FoundRelease)
_NEVER = datetime.min.replace(tzinfo=UTC)


class ReleaseRank(IntEnum):
    """The first criterion for the latest release: the highest rank, then precedence; stored as `standing`."""

    OUT = 0
    """A draft, or withdrawn: never the latest."""
    NO_VERSION = 1
    PRERELEASE = 2
    STABLE = 3


def latest(releases: Iterable[AnyRelease], form: TagForm, name: str) -> AnyRelease | None:
    """The highest stable release, whenever it was published; else the highest pre-release, else one without a version.

    Drafts, withdrawn and skipped releases never count, nor do releases of a component or a scheme that `counting`
    leaves out. Releases with equal precedence or without a version are ordered by date.

    Args:
        releases: all of one repository.
        form: which tags are versions.
        name: of the repository at its source.
    """
    possible = _possible(releases, form)
    versions = [(rank, version, release) for rank, version, release in possible if version]
    counted = counting(_groups(versions), _recent(versions), name)
    best = [each for each in versions if each[1].counted in counted] if counted else possible
    best = [each for each in best if not _is_skipped(each[2])]
    return max(best, key=lambda each: _place(*each))[2] if best else None


def has_equal_components(releases: Iterable[AnyRelease], form: TagForm, name: str) -> bool:
    """Whether the releases are of several components, and none is more common than the others; see `latest`."""
    versions = [(rank, version, release) for rank, version, release in _possible(releases, form) if version]
    return bool(versions) and len(preferred_families(_groups(versions), _recent(versions), name)) > 1


def highest_first(releases: Iterable[FoundRelease], form: TagForm) -> tuple[FoundRelease, ...]:
    """Releases by their versions, highest first; those without a version last."""
    return tuple(sorted(releases, key=lambda release: sort_text(precedence(release.version, form)), reverse=True))


def _is_skipped(release: Release | FoundRelease) -> bool:
    return isinstance(release, Release) and release.skipped is not None


def _place(
    rank: ReleaseRank, version: TagVersion | None, release: Release | FoundRelease
) -> tuple[ReleaseRank, str, datetime, str]:
    return rank, sort_text(version.key if version else None), release.date or _NEVER, release.version


def _possible(
    releases: Iterable[AnyRelease], form: TagForm
) -> Sequence[tuple[ReleaseRank, TagVersion | None, AnyRelease]]:
    read = [(release, tag_version(release.version, form)) for release in releases]
    ranked = [(rank_of(release, version), version, release) for release, version in read]
    return [each for each in ranked if each[0] is not ReleaseRank.OUT]


def _recent(versions: Sequence[tuple[ReleaseRank, TagVersion, Release | FoundRelease]]) -> Sequence[Counted]:
    dated = [each for each in versions if each[2].date]
    newest = sorted(dated, key=lambda each: (each[2].date or _NEVER, *_place(*each)[1:]), reverse=True)
    return [version.counted for _, version, _ in newest[:RECENT]]


def _groups(versions: Sequence[tuple[ReleaseRank, TagVersion, Release | FoundRelease]]) -> Sequence[VersionGroup]:
    numbers = Counter((version.counted, rank) for rank, version, _ in versions)
    every: Iterable[Counted] = dict.fromkeys(counted for counted, _ in numbers)
    return [
        VersionGroup(*counted, numbers[counted, ReleaseRank.STABLE], numbers[counted, ReleaseRank.PRERELEASE])
        for counted in every
    ]


def rank_of(release: Release | FoundRelease, version: TagVersion | None) -> ReleaseRank:
    """The rank of a release with this version."""
    if release.draft or (isinstance(release, Release) and release.withdrawn):
        return ReleaseRank.OUT
    if version is None:
        return ReleaseRank.NO_VERSION
    return ReleaseRank.PRERELEASE if release.prerelease or version.prerelease else ReleaseRank.STABLE


def is_prerelease(release: Release | FoundRelease, form: TagForm) -> bool:
    """Whether the publisher or the tag marks a release as a pre-release."""
    version = None if release.prerelease else tag_version(release.version, form)
    return release.prerelease or (version is not None and version.prerelease)


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
