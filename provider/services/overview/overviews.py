"""Reads the overview: how many images are up to date, what is behind, what happened in the last seven days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import Image, Role, Status
from provider.operation_ports import ProblemDocument
from provider.overview_ports import BaseChanges, RecentActivity, RecentRebuilds, RecentReleases, ReleaseReader
from provider.ports import Beats, ImageFilter, ImageIndex
from provider.services.known_problems import enrollment_problems
from provider.services.overview.part_times import PartTimes, part_times

PERIOD = timedelta(days=7)
WORST = 10
LATEST = 5


@dataclass(frozen=True, slots=True)
class BehindImages:
    """The managed images that are behind, and the ten of them that have been so for longest."""

    total: int
    worst: Sequence[Image]

    @property
    def since(self) -> datetime | None:
        """Since when the first of them is behind; None: none is."""
        return self.worst[0].behind_since if self.worst else None


@dataclass(frozen=True, slots=True)
class Overview:
    """How things are at a moment.

    Attributes:
        since: the beginning of the period of what happened lately.
        owners: whose images are counted; none: everybody's.
        managed: the number of managed images with each status.
        bases: the number of base images with each status.
        releases: None where no releases are tracked.
        problems: of the config repository.
        parts: when each part was last checked, and is checked next.
    """

    at: datetime
    since: datetime
    owners: Sequence[str]
    managed: Mapping[str, int]
    bases: Mapping[str, int]
    behind: BehindImages
    changes: BaseChanges
    rebuilds: RecentRebuilds
    releases: RecentReleases | None
    problems: Sequence[ProblemDocument]
    parts: Sequence[PartTimes]

    @property
    def total(self) -> int:
        """The number of managed images."""
        return sum(self.managed.values())

    @property
    def up_to_date(self) -> int:
        """The number of managed images that are proven to be up to date."""
        return self.managed.get(Status.UP_TO_DATE, 0)

    @property
    def not_known(self) -> int:
        """The number of managed images of which it is not known or not proven whether they are up to date."""
        return self._number(Status.UNKNOWN, Status.UNVERIFIED)

    @property
    def failing(self) -> int:
        """The number of managed images with an error or a failed rebuild."""
        return self._number(Status.ERROR, Status.FAILED)

    @property
    def held(self) -> int:
        """The number of managed images that are not rebuilt before a person does something."""
        return self._number(Status.HELD)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is tracked at all, whoever the owner is."""
        return not self.owners and not self.total and not self.bases

    def _number(self, *statuses: Status) -> int:
        return sum(self.managed.get(status, 0) for status in statuses)


@dataclass(frozen=True, slots=True)
class Overviews:
    """What an overview is read from; it needs the same number of queries, however many images there are.

    Attributes:
        releases: reads the releases of tracked repositories; None: none are tracked.
        every: the longest time between two rounds of each part of the worker.
    """

    index: ImageIndex
    activity: RecentActivity
    beats: Beats
    every: Mapping[str, timedelta]
    releases: ReleaseReader | None = None

    def read(self, now: datetime, owners: Sequence[str] = ()) -> Overview:
        """How things are now, of the images of these owners."""
        since = now - PERIOD
        releases = self.releases(since, LATEST) if self.releases else None
        return Overview(
            at=now,
            since=since,
            owners=tuple(owners),
            managed=self.index.facets(ImageFilter(role=Role.MANAGED, owner=tuple(owners))).statuses,
            bases=self.index.facets(ImageFilter(role=Role.BASE)).statuses,
            behind=self._behind(owners),
            changes=self.activity.base_changes(since, owners, LATEST),
            rebuilds=self.activity.rebuilds(since, owners, LATEST),
            releases=releases,
            problems=self._problems(owners),
            parts=part_times(self.beats.beats(), self.every, releases),
        )

    def _behind(self, owners: Sequence[str]) -> BehindImages:
        # Base images are never behind; the database counts faster without that condition.
        wanted = ImageFilter(behind=True, owner=tuple(owners), sort="behindSince")
        page = self.index.page(wanted, 1, WORST)
        return BehindImages(page.total, page.items)

    def _problems(self, owners: Sequence[str]) -> Sequence[ProblemDocument]:
        """Those of the config repository; with owners, those of their images: a new entry that is invalid has none."""
        problems = list(enrollment_problems(self.index))
        if not owners or not problems:
            return problems
        owned = self.activity.owned({problem.name for problem in problems}, owners)
        return [problem for problem in problems if problem.name in owned]
