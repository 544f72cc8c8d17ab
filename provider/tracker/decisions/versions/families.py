"""Which versions of a mixed list count for the latest: one component, in one scheme of numbers. Pure.

A repository can publish several components (`app-a@1.2.0`, `helm-chart-4.11.2`), and old or automatic tags in another
scheme (`20240807` beside `3.20.3`). Without a choice the highest number of all would be the latest.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from provider.tracker.decisions.versions.natural import is_date

RECENT = 50
"""The newest releases with a date that can show which component is still published."""

# A scheme has replaced another one when so many of the newest releases in a row are in it.
_SWITCHED = 10
# A plain version counts although others are more common, unless it is rarer than one in so many.
_RARE = 10
_CHARTS = frozenset({"chart", "charts", "helm"})
# A fourth number from here on counts builds; lower ones are releases of a patch.
_COUNT = 100
_SHORT_YEAR = re.compile(r"[1-3][0-9][._](0[1-9]|1[0-2])(?![0-9])")


class Scheme(IntEnum):
    """How the numbers of a version are counted."""

    NUMBERS = 0
    BUILDS = 1
    """With a count of builds as the fourth number: 4.0.9.2278."""
    SHORT_CALENDAR = 2
    """A year of two digits and a month with its zero: 24.04."""
    CALENDAR = 3
    """A date, or a year of four digits before other numbers: 2024.1, 20240807."""
    MAYBE_BUILDS = 4
    """BUILDS where others are, else NUMBERS: 7.0.8.4."""
    MAYBE_CALENDAR = 5
    """SHORT_CALENDAR where others are, else NUMBERS: 24.10."""


Counted = tuple[str, Scheme]
"""A family and a scheme."""


@dataclass(frozen=True, slots=True)
class VersionGroup:
    """How many releases of a family and a scheme there are.

    Attributes:
        stable: releases that are no pre-releases.
        prereleases: the others.
    """

    family: str
    scheme: Scheme
    stable: int
    prereleases: int

    @property
    def counted(self) -> Counted:
        """The family and the scheme."""
        return self.family, self.scheme


def scheme_of(core: str) -> Scheme:
    """The scheme of the numbers of a version, as written."""
    if is_date(core) or re.match(r"(?:199|20[0-9]|21[0-9])[0-9](?![0-9])", core):
        return Scheme.CALENDAR
    if short := _SHORT_YEAR.match(core):
        return Scheme.SHORT_CALENDAR if short[1].startswith("0") else Scheme.MAYBE_CALENDAR
    match re.split("[._]", core):
        case (_, _, _, fourth, *_):
            return Scheme.BUILDS if int(fourth) >= _COUNT else Scheme.MAYBE_BUILDS
        case _:
            return Scheme.NUMBERS


def counting(groups: Collection[VersionGroup], recent: Sequence[Counted], name: str) -> frozenset[Counted]:
    """The families and schemes whose highest release is the latest one; all of one family.

    Plain versions count, unless they are rare or no longer published; then those of the component that has the name of
    the repository, then the most common ones. Of several schemes, the one that the newest releases have in a row, else
    the most common one.

    Args:
        groups: all releases.
        recent: those with a date, newest first, at most `RECENT`.
        name: of the repository.
    """
    stable = [group for group in groups if group.stable] or list(groups)
    if not stable:
        return frozenset()
    family = preferred_families(stable, recent, name)[0]
    return frozenset((family, scheme) for scheme in _schemes([it for it in stable if it.family == family], recent))


def preferred_families(groups: Iterable[VersionGroup], recent: Sequence[Counted], name: str) -> Sequence[str]:
    """The family that counts; several of them, by alphabet, if none is more common than the others.

    Args:
        groups: at least one.
        recent: see `counting`.
        name: see `counting`.
    """
    total = Counter[str]()
    for group in groups:
        total[group.family] += group.stable or group.prereleases
    newest = Counter(family for family, _ in recent if family in total)
    published = newest or total
    own = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
    for preferred in ("", own):
        if preferred in published and total[preferred] * _RARE >= max(total.values()):
            return [preferred]

    def preference(family: str) -> tuple[bool, int, int]:
        return not _CHARTS.intersection(family.split("-")), published[family], total[family]

    most = max(map(preference, published))
    return sorted(family for family in published if preference(family) == most)


def _schemes(groups: Sequence[VersionGroup], recent: Sequence[Counted]) -> Collection[Scheme]:
    there = {group.scheme for group in groups}
    merged = Counter[Scheme]()
    for group in groups:
        merged[_settled(group.scheme, there)] += group.stable or group.prereleases
    family = groups[0].family
    newest = [_settled(scheme, there) for its, scheme in recent if its == family][:_SWITCHED]
    if len(newest) == _SWITCHED and len(set(newest)) == 1:
        chosen = newest[0]
    else:
        chosen = max(merged, key=lambda scheme: (merged[scheme], -scheme))
    return [scheme for scheme in Scheme if _settled(scheme, there) is chosen]


def _settled(scheme: Scheme, there: Collection[Scheme]) -> Scheme:
    """A scheme as the others in the list show it."""
    sure = {Scheme.MAYBE_BUILDS: Scheme.BUILDS, Scheme.MAYBE_CALENDAR: Scheme.SHORT_CALENDAR}.get(scheme)
    if sure is None:
        return scheme
    return sure if sure in there else Scheme.NUMBERS
