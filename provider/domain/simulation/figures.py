"""The answer: figures for what was recorded and for each policy. Values only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.reference import Digest
from provider.domain.simulation.policies import TriedPolicy, WhatIf


class Fate(StrEnum):
    """What happened to a digest that was built on.

    Withdrawn: later the tag returned to an earlier digest, or the registry no longer has this one. Replaced, repointed:
    before the build started, the tag pointed to another image, or to another index with the same images.
    """

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    REPOINTED = "repointed"


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest number of builds, and when it was first reached."""

    builds: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TimeBehind:
    """How long an image was built from a digest that the tag of a base image no longer pointed to."""

    name: str
    time: timedelta


@dataclass(frozen=True, slots=True)
class ShortLived:
    """A build on a digest that was withdrawn later.

    Attributes:
        reference: the base image.
        appeared: when the digest was first seen.
        built: when the build started.
        ended: when the tag no longer pointed to the digest; None: it does, and the registry no longer has it.
    """

    name: str
    reference: str
    digest: Digest
    appeared: datetime
    built: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """The figures of one policy, or of what was recorded.

    Attributes:
        label: the name of the policy.
        policy: None: what was recorded.
        builds: builds that started in the period.
        weeks: the builds of each week of the period, which begins with a whole one; the last may be a part of a week.
        busiest_hour: the hour with most starts, in UTC; None: there was no build.
        most_at_once: the most builds that ran at a time; None as above.
        median_behind: the median over the images of the time behind; None: there is no image.
        worst: the images that were behind for longest, at most ten.
        fates: the builds on digests with such a fate.
        withdrawn: the first ten builds on digests that were withdrawn later.
    """

    label: str
    policy: TriedPolicy | None
    builds: int
    weeks: tuple[int, ...]
    busiest_hour: Peak | None
    most_at_once: Peak | None
    median_behind: timedelta | None
    worst: tuple[TimeBehind, ...]
    fates: dict[Fate, int]
    withdrawn: tuple[ShortLived, ...]

    def builds_a_week(self, since: datetime, until: datetime) -> float | None:
        """The average over the period; None for less than a week, which says nothing about a week."""
        weeks = (until - since) / timedelta(weeks=1)
        return self.builds / weeks if weeks >= 1 else None


@dataclass(frozen=True, slots=True)
class Simulated:
    """The answer to a question.

    Attributes:
        asked: the question.
        since, until: the period that the figures are about.
        images: the number of images that are counted.
        columns: first what was recorded, then the present policy, then the others.
        notes: what the figures take for granted, a sentence each.
    """

    asked: WhatIf
    since: datetime
    until: datetime
    images: int
    columns: tuple[PolicyFigures, ...]
    notes: tuple[str, ...]
