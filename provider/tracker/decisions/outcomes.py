"""The outcome of a poll, and what it changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.release import FoundRelease, Release, ReleaseList
from provider.tracker.decisions.repository import MissingReleases, TrackingError


@dataclass(frozen=True, slots=True)
class Found:
    """The releases that a source publishes now, or those of them that were read.

    Attributes:
        name: the name of the repository at the source, if the source has one.
        releases: all releases in any order; if a version occurs more than once, the first one counts.
        memory: passed to the source at the next poll.
        silent: it was read from another list than before, so nothing in it is news.
        whole: the lists that were read to their end: what is not in them any more is not published any more.
    """

    name: str | None
    releases: tuple[FoundRelease, ...]
    memory: str | None = None
    whole: frozenset[ReleaseList] = frozenset(ReleaseList)
    silent: bool = False


@dataclass(frozen=True, slots=True)
class UnchangedList:
    """The list of the source has not changed since the poll that returned this memory."""


@dataclass(frozen=True, slots=True)
class PollFailure:
    """The poll failed. With `retry_at`, the host limits requests until then, and the failure is not counted."""

    message: str
    retry_at: datetime | None = None


class NewsKind(StrEnum):
    """What is new about a release."""

    NEW = "new"
    PROMOTED = "promoted"
    """It was a pre-release, and is none any more."""
    MOVED = "moved"
    """Its tag points to something else than before."""


@dataclass(frozen=True, slots=True)
class News:
    """A release to announce; `previous_hash`: what a moved tag pointed to before."""

    release: FoundRelease
    kind: NewsKind = NewsKind.NEW
    previous_hash: str | None = None


@dataclass(frozen=True, slots=True)
class PollResult:
    """What to write for one repository after a poll.

    Attributes:
        repository: its id.
        version: the version of the repository when it was polled; if a person changed it since, nothing is written.
        new: releases to add.
        changed: stored releases with their new values.
        announce: releases to announce in one message.
        last_polled, error, failures, dead, next_poll, memory, baseline, missing, read_whole_at: the new values of
            the repository.
    """

    repository: int
    version: int
    new: tuple[FoundRelease, ...]
    changed: tuple[Release, ...]
    announce: tuple[News, ...]
    last_polled: datetime | None
    error: TrackingError | None
    failures: int
    dead: bool
    next_poll: datetime
    memory: str | None
    baseline: bool
    missing: MissingReleases | None
    read_whole_at: datetime | None
