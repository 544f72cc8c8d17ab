"""What a poll came to, and what that changes."""

from dataclasses import dataclass
from datetime import datetime

from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import TrackingError


@dataclass(frozen=True, slots=True)
class Found:
    """A source's answer.

    Attributes:
        name: what the source calls the repository, where it tells.
        releases: all that are published now, in any order; versions are unique (of several the first counts).
        memory: to be handed back at the next poll.
    """

    name: str | None
    releases: tuple[FoundRelease, ...]
    memory: str | None = None


@dataclass(frozen=True, slots=True)
class UnchangedList:
    """The source says that its list is as it was when it gave the memory that it was handed."""


@dataclass(frozen=True, slots=True)
class PollFailure:
    """The poll failed; with `retry_at` the host set us aside until then, which is not the repository's fault."""

    message: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PollResult:
    """What to write for one repository after a poll.

    Attributes:
        repository: its id.
        version: the version of the repository that was polled: if a person changed it meanwhile, nothing is written.
        new: releases to add.
        changed: kept releases as they are now, by id.
        announce: releases to tell about, in one message.
        last_polled, error, failures, dead, next_poll, memory, baseline: the repository's own, as they will be.
    """

    repository: int
    version: int
    new: tuple[FoundRelease, ...]
    changed: tuple[Release, ...]
    announce: tuple[FoundRelease, ...]
    last_polled: datetime | None
    error: TrackingError | None
    failures: int
    dead: bool
    next_poll: datetime
    memory: str | None
    baseline: bool
