"""Tracked repositories: what is known of one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.release import Release


class RepositoryType(StrEnum):
    """How a repository's releases are found."""

    GITHUB = "github"
    GIT = "git"
    CONTAINER = "container"


class TagForm(StrEnum):
    """Which tags are versions.

    semver: exactly, also with a `v` before it; calendar versions of three parts too (2024.01.15).
    partial: `1` and `1.2` too.
    suffixed: as semver, but `1.2.3-alpine` is a release rather than a pre-release.
    any: every tag is a release; where a version stands in it (`release-1.2`), it is put in order by that.
    """

    SEMVER = "semver"
    PARTIAL = "partial"
    SUFFIXED = "suffixed"
    ANY = "any"


class RepositoryState(StrEnum):
    """How polling a repository goes: the first that holds, from the bottom up."""

    OK = "ok"
    NEVER = "never"
    ERROR = "error"
    DEAD = "dead"


def default_tag_form(repository_type: RepositoryType) -> TagForm:
    """Only a registry mixes versions with tags that move; elsewhere whatever is published is a release."""
    return TagForm.SEMVER if repository_type is RepositoryType.CONTAINER else TagForm.ANY


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is.

    Attributes:
        type: how it is asked.
        url: as it was written, tidied; git is fetched from here, a browser may be sent here if it is a web address.
        path: OWNER/NAME for github, `registry/repository` for container, `host[:port]/path` for git.
        name: what to call the repository when nobody says.
    """

    type: RepositoryType
    url: str
    path: str
    name: str

    @property
    def key(self) -> str:
        """Equal for two ways to write one address: what duplicates are told by."""
        return f"{self.type.value}:{self.path.lower() if self.type is RepositoryType.GITHUB else self.path}"

    @property
    def host(self) -> str | None:
        """`host[:port]` that is asked; None for github, which is asked at the configured API."""
        return None if self.type is RepositoryType.GITHUB else self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class TrackingError:
    """Why the last poll failed, for a person, and when that was."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked repository.

    Attributes:
        last_polled: the last successful poll.
        latest: the highest stable release, else the highest pre-release.
        failures: polls that failed since the last success.
        dead: it failed too often in a row and is only asked daily.
        next_poll: None is at once.
        memory: what its source wants to be told at the next poll (an ETag, or so); opaque.
        baseline: the next successful poll announces nothing: it is the first one of this address and tag form.
        version: goes up with every change that a person makes: an older one may not overwrite.
    """

    id: int
    name: str
    date_added: datetime
    address: Address
    notes: str = ""
    tag_form: TagForm = TagForm.SEMVER
    last_polled: datetime | None = None
    latest: Release | None = None
    error: TrackingError | None = None
    failures: int = 0
    dead: bool = False
    next_poll: datetime | None = None
    memory: str | None = None
    baseline: bool = True
    version: int = 1

    @property
    def state(self) -> RepositoryState:
        """How polling goes."""
        return state_of(last_polled=self.last_polled, failing=self.error is not None, dead=self.dead)


def state_of(*, last_polled: datetime | None, failing: bool, dead: bool) -> RepositoryState:
    """The state in one word."""
    if dead:
        return RepositoryState.DEAD
    if failing:
        return RepositoryState.ERROR
    return RepositoryState.NEVER if last_polled is None else RepositoryState.OK
