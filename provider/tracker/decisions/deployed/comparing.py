"""Compare a deployed version with the releases of its repository, by the order that gives the latest one. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.versions.families import Counted
from provider.tracker.decisions.versions.forms import TagVersion, tag_version
from provider.tracker.decisions.versions.keys import Precedence
from provider.tracker.decisions.versions.natural import natural_version, numbers_of
from provider.tracker.decisions.versions.order import ReleaseRank, rank_of

# 1.2.x, 1.*: people write them for a range of versions.
_RANGE = re.compile(r"(?:^|[.-])[xX*](?![0-9A-Za-z])").search
_WHOLE = 3
_V = re.compile(r"[vV](?=[0-9])")


class DeployedStatus(StrEnum):
    """How a deployed version compares with the latest release that is not skipped."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NewerReleases:
    """How many versions are newer than the deployed one: in all, and by the first number that differs."""

    releases: int = 0
    major: int = 0
    minor: int = 0
    patch: int = 0


@dataclass(frozen=True, slots=True)
class UpdateTarget:
    """The release to update to."""

    id: int
    version: str


@dataclass(frozen=True, slots=True)
class RankedRelease:
    """What is compared of a release; `skipped`: a person said not to update to it."""

    id: int
    version: str
    rank: ReleaseRank
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result for one version.

    Attributes:
        newer: what is newer, without skipped releases.
        target: the highest of these; None if nothing is newer.
        reason: why the status is unknown; None where it is known.
    """

    status: DeployedStatus
    newer: NewerReleases = NewerReleases()
    target: UpdateTarget | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedReleases:
    """The releases of one repository, ready to compare versions with.

    Attributes:
        every: each release with its version; None where it has none.
        latest: the latest of them that is not skipped; None if there is none.
        form: which tags are versions.
    """

    every: Sequence[tuple[RankedRelease, TagVersion | None]]
    latest: RankedRelease | None
    form: TagForm

    @staticmethod
    def of(releases: Iterable[RankedRelease], latest: int | None, form: TagForm) -> "ComparedReleases":
        """Read the versions of all releases; `latest` is the id of the latest one that is not skipped."""
        every = [(release, tag_version(release.version, form)) for release in releases]
        newest = next((release for release, _ in every if release.id == latest), None)
        return ComparedReleases(every, newest, form)

    def compare(self, deployed: str, *, moves: bool = False) -> Comparison:
        """Compare a version with the releases.

        Pre-releases are newer only than a pre-release. Releases of another component than the latest one do not count.

        Args:
            deployed: the version, with or without the `v` of the tags.
            moves: it is a tag in use, of which only the numbers that it has are compared: `22` is each 22.x.y, and
                `1.27-alpine` each 1.27.x.
        """
        if self.latest is None:
            return _unknown("no release is known yet")
        top = tag_version(self.latest.version, self.form)
        if top is None:
            if _bare(self.latest.version) == _bare(deployed):
                return Comparison(DeployedStatus.CURRENT)
            return _unknown(f"the latest release, {self.latest.version}, has no version that can be compared")
        place = self._place(deployed, top, moves=moves)
        return self._compared(place, top) if isinstance(place, _Place) else _unknown(place)

    def newer(self, deployed: str, *, moves: bool = False) -> frozenset[int]:
        """The ids of all releases that are newer, as `compare` counts them."""
        top = tag_version(self.latest.version, self.form) if self.latest else None
        place = self._place(deployed, top, moves=moves) if top else ""
        if top is None or not isinstance(place, _Place):
            return frozenset()
        return frozenset(
            release.id for release, version in self.every if version and place.precedes(release, version, top)
        )

    def _compared(self, place: "_Place", top: TagVersion) -> Comparison:
        newer: dict[object, tuple[Precedence, RankedRelease]] = {}
        for release, version in self.every:
            if version and place.precedes(release, version, top):
                there = newer.get(identity := place.identity(version.key))
                if there is None or there[0] < version.key:
                    newer[identity] = (version.key, release)
        if not newer:
            is_ahead = place.part(place.key) > place.part(top.key)
            return Comparison(DeployedStatus.AHEAD if is_ahead else DeployedStatus.CURRENT)
        highest = max(newer.values(), key=lambda each: each[0])[1]
        counts = _counts([key for key, _ in newer.values()], place)
        return Comparison(DeployedStatus.BEHIND, counts, UpdateTarget(highest.id, highest.version))

    def _place(self, deployed: str, top: TagVersion, *, moves: bool) -> "_Place | str":
        """Where the version is in the order, or why that is not known."""
        known = next((each for each in self.every if _bare(each[0].version) == _bare(deployed)), None)
        exact = known[1] if known else None
        natural = natural_version(deployed)
        if natural is None or (known is None and _RANGE(deployed)):
            return f"{deployed} is no version of this repository"
        numbers = numbers_of(natural.core) or ()
        partial = moves and not natural.prerelease and (exact is None or len(numbers) < _WHOLE)
        version = exact or tag_version(deployed, self.form) or tag_version(deployed, TagForm.PARTIAL)
        if partial:
            version = version or tag_version(deployed, TagForm.ANY)
        if version is None:
            return f"{deployed} is no version of this repository"
        family, latest_family = version.counted[0], top.counted[0]
        if family != latest_family and (family or known):
            return f"{deployed} is of another component than the latest release"
        prerelease = version.prerelease or (known is not None and known[0].rank is ReleaseRank.PRERELEASE)
        prereleases = prerelease or (self.latest is not None and self.latest.rank is ReleaseRank.PRERELEASE)
        return _Place(version.key, version.counted, prereleases, len(numbers) if partial else 0, latest_family)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a deployed version is in the order.

    Attributes:
        prereleases: pre-releases are newer too.
        numbers: only so many are compared; 0: the whole key.
        family: of the latest release.
    """

    key: Precedence
    counted: Counted
    prereleases: bool
    numbers: int
    family: str

    def part(self, key: Precedence) -> tuple[Any, ...]:
        """The part of a key that is compared."""
        return _numbers(key)[: self.numbers] if self.numbers else key

    def precedes(self, release: RankedRelease, version: TagVersion, top: TagVersion) -> bool:
        """Whether a release is newer, and one to update to."""
        if release.skipped or version.counted[0] != self.family or self.part(version.key) <= self.part(self.key):
            return False
        # What is higher than the latest release, and no pre-release, is counted in another way: by dates, for example.
        is_counted = version.key <= top.key
        match release.rank:
            case ReleaseRank.STABLE:
                return is_counted
            case ReleaseRank.PRERELEASE:
                return self.prereleases and (is_counted or version.counted[1] is self.counted[1])
            case ReleaseRank.OUT | ReleaseRank.NO_VERSION:
                return False

    def identity(self, key: Precedence) -> object:
        """Equal for variants of one version."""
        numbers = _numbers(key)
        return key if numbers == _numbers(self.key) or self.prereleases else numbers


def ranked(releases: Iterable[Release], form: TagForm) -> list[RankedRelease]:
    """What is compared of releases; drafts and withdrawn ones are left out."""
    every = [(each, rank_of(each, tag_version(each.version, form))) for each in releases]
    return [
        RankedRelease(each.id, each.version, rank, each.skipped is not None)
        for each, rank in every
        if rank is not ReleaseRank.OUT
    ]


def names_exactly(tag: str) -> bool:
    """Whether a tag has all numbers of a version, so that it is expected to stay what it is."""
    natural = natural_version(tag)
    return natural is not None and len(numbers_of(natural.core) or ()) >= _WHOLE


def _counts(keys: Sequence[Precedence], place: _Place) -> NewerReleases:
    differing = [
        next((at for at, (new, old) in enumerate(zip(key[:2], place.key[:2], strict=True)) if new != old), 2)
        for key in keys
    ]
    return NewerReleases(len(keys), *(differing.count(at) for at in range(3)))


def _numbers(key: Precedence) -> tuple[int, ...]:
    return (*key[:3], *key[3])


def _bare(version: str) -> str:
    return _V.sub("", version, count=1) if version[:1] in "vV" else version


def _unknown(reason: str) -> Comparison:
    return Comparison(DeployedStatus.UNKNOWN, reason=reason)
