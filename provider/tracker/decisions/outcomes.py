"""The outcome of a poll, and what it changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.release import FoundRelease, Release, ReleaseList
from provider.tracker.decisions.repository import MissingReleases, Rename, TrackingError, TrackingWait


@dataclass(frozen=True, slots=True)
class Found:
    """The releases that a source publishes now, or those of them that were read.

    Attributes:
        name: the name of the repository at the source, if the source has one.
        releases: all releases in any order; if a version occurs more than once, the first one counts.
        memory: passed to the source at the next poll.
        number: GitHub's id of the repository, if it is known.
        path: OWNER/NAME at GitHub, if it may be another one than was asked for.
        silent: it was read from another list than before, so nothing in it is news.
        whole: the lists that were read to their end: what is not in them any more is not published any more.
    """

    name: str | None
    releases: tuple[FoundRelease, ...]
    memory: str | None = None
    whole: frozenset[ReleaseList] = frozenset(ReleaseList)
    silent: bool = False
    number: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class UnchangedList:
    """The list of the source has not changed since the poll that returned this memory."""


@dataclass(frozen=True, slots=True)
class PollFailure:
    """The poll failed.

    Attributes:
        message: why, for a person.
        retry_at: no request is sent before this time, and the failure is not counted.
        by_host: the host named `retry_at`, so nothing is wrong; otherwise this service chose it after failures.
    """

    message: str
    retry_at: datetime | None = None
    by_host: bool = True


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


class FailureNews(StrEnum):
    """What is announced about the polls of a repository."""

    FAILS = "fails"
    DEAD = "dead"
    """They failed so often that there is only one a day from now on."""
    WORKS_AGAIN = "works again"


class PollOutcome(StrEnum):
    """How a poll went, for the metrics."""

    OK = "ok"
    FAILED = "failed"
    WAITING = "waiting"
    """The host limits requests."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What to write for one repository after a poll.

    Attributes:
        repository: its id.
        version: the version of the repository when it was polled; if a person changed it since, nothing is written.
        new: releases to add.
        changed: stored releases with their new values.
        merged: ids of stored releases to remove, because they are variants of the version of another one.
        announce: releases to announce in one message.
        tell: what to announce about its polls.
        news: versions of releases that are news, whether they are announced or not.
        number: GitHub's id of the repository; None: it is not known.
        rename: it has another name than its address now, which gets that name unless it is tracked already.
        last_polled, error, waiting, failures, failing_since, failure_told, dead, next_poll, memory, baseline, missing,
            read_whole_at: the new values of the repository.
        silent: the new releases are known from the start, so they are no news.
    """

    repository: int
    version: int
    new: tuple[FoundRelease, ...]
    changed: tuple[Release, ...]
    merged: tuple[int, ...]
    announce: tuple[News, ...]
    last_polled: datetime | None
    error: TrackingError | None
    waiting: TrackingWait | None
    failures: int
    failing_since: datetime | None
    failure_told: bool
    tell: FailureNews | None
    number: int | None
    rename: Rename | None
    dead: bool
    next_poll: datetime
    memory: str | None
    baseline: bool
    missing: MissingReleases | None
    read_whole_at: datetime | None
    silent: bool = False
    news: frozenset[str] = frozenset()

    @property
    def outcome(self) -> PollOutcome:
        """How the poll went."""
        if self.waiting:
            return PollOutcome.WAITING
        return PollOutcome.FAILED if self.error else PollOutcome.OK
