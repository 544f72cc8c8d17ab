"""The ports of the overview: what happened lately, over all images and all tracked repositories."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from catalog.reference import Digest
from provider.operation_ports import ImageRebuild


@dataclass(frozen=True, slots=True)
class ChangedBase:
    """A base image whose digest changed.

    Attributes:
        name: the base image.
        changes: how often, in the period.
        last_at: when the last of these digests was first seen.
        digest: the digest that its tag points to now; None where it is not known.
        dependents: how many managed images depend on it directly.
    """

    name: str
    changes: int
    last_at: datetime
    digest: Digest | None
    dependents: int


@dataclass(frozen=True, slots=True)
class BaseChanges:
    """The digest changes of base images in a period.

    Attributes:
        total: the number of changes.
        bases: the number of base images that changed.
        latest: those that changed last, the last one first.
    """

    total: int = 0
    bases: int = 0
    latest: Sequence[ChangedBase] = ()


@dataclass(frozen=True, slots=True)
class RecentRebuilds:
    """The rebuilds that were requested in a period.

    Attributes:
        by_conclusion: how many ended in which way; one that has not ended has the empty text.
        latest: the last ones, newest first.
    """

    by_conclusion: Mapping[str, int] = field(default_factory=dict)
    latest: Sequence[ImageRebuild] = ()

    @property
    def total(self) -> int:
        """The number of rebuilds."""
        return sum(self.by_conclusion.values())


class RecentActivity(Protocol):
    """What happened to images lately. `owners` are entity references in any case; none: of every owner."""

    def base_changes(self, since: datetime, owners: Sequence[str], most: int) -> BaseChanges:
        """The changes of base images since then; with owners, of those that their images directly depend on."""

    def rebuilds(self, since: datetime, owners: Sequence[str], most: int) -> RecentRebuilds:
        """The rebuilds since then, of images of these owners."""

    def owned(self, names: Collection[str], owners: Sequence[str]) -> Collection[str]:
        """Those of these images that have one of the owners."""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release of a tracked repository.

    Attributes:
        repository, release: their ids.
        name: of the repository.
        first_seen: None where it is not known.
        url: its page at the publisher; None where it has none.
    """

    repository: int
    release: int
    name: str
    version: str
    first_seen: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True)
class RecentReleases:
    """The new releases of a period, and when tracked repositories are polled.

    Attributes:
        total: their number; with `more`, there are more than that.
        latest: the last ones, newest first.
        repositories: the number of tracked repositories.
        last_polled: when one of them was last polled with success; None: never.
        next_poll: when the next one is due; None: none is tracked, or it is due now.
    """

    total: int
    more: bool
    latest: Sequence[NewRelease]
    repositories: int
    last_polled: datetime | None
    next_poll: datetime | None


ReleaseReader = Callable[[datetime, int], RecentReleases]
"""Reads the releases since a time; the number is how many of the latest are wanted."""
