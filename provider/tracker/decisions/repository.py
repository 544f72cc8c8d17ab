"""Tracked repositories: types, states and values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from provider.tracker.decisions.deployed.updates import NO_UPDATES, Updates
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.wanted import ALL, WantedVersions


class RepositoryState(StrEnum):
    """How polling a repository goes. If several apply, the last one in this list counts."""

    OK = "ok"
    NEVER = "never"
    ERROR = "error"
    WAITING = "waiting"
    """Its host limits requests until a time, so it is not known whether anything is wrong now."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a repository.

    Attributes:
        type: the type of the repository.
        url: the address as written, cleaned up; git reads from it, and pages link to it if it is a web address.
        path: OWNER/NAME for github, `registry/repository` for container, `host[:port]/path` for git.
        name: the default name of the repository.
        number: GitHub's id of the repository that was found there, which stays the same when it is renamed; None: not
            known, or not at GitHub. Addresses that differ only in it are equal.
    """

    type: RepositoryType
    url: str
    path: str
    name: str
    number: int | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """Equal for all spellings of one address; identifies duplicates."""
        return f"{self.type.value}:{self.path.lower() if self.type is RepositoryType.GITHUB else self.path}"

    @property
    def host(self) -> str | None:
        """The `host[:port]` to poll; None for github, which is polled at the configured API."""
        return None if self.type is RepositoryType.GITHUB else self.path.partition("/")[0]

    def renamed(self, path: str) -> "Address":
        """The address of the same repository with another path."""
        url = f"{self.url[: -len(self.path)]}{path}" if self.url.endswith(self.path) else self.url
        return Address(self.type, url, path, path.rpartition("/")[2], self.number)


@dataclass(frozen=True, slots=True)
class Rename:
    """A repository that has another path than before: which one, and since when that is known."""

    before: str
    now: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrackingError:
    """Why the last poll failed, for a person, and when."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class TrackingWait:
    """Why a repository is not polled now, for a person, and until when."""

    until: datetime
    message: str


@dataclass(frozen=True, slots=True)
class MissingReleases:
    """Many releases are missing from their list: since when, and at how many polls in a row."""

    since: datetime
    polls: int


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked repository.

    Attributes:
        wanted: which of its versions count, and which are told.
        labels: words to find it by.
        deployed_version: the version that the organization runs; empty if nobody said.
        last_polled: the time of the last successful poll.
        latest: the highest stable release, else the highest pre-release.
        waiting: its host limits requests; None: it does not, as far as is known.
        failures: failed polls since the last success.
        failing_since: when the first of these polls failed.
        failure_told: that it fails was announced.
        dead: it failed too often in a row and is polled once a day only.
        next_poll: None means now.
        memory: an opaque value that its source gets at the next poll, for example an ETag.
        baseline: the next successful poll is the first one of this address and filter, so it announces nothing.
        missing: many of its releases are missing from their list; they are not withdrawn before that lasts.
        rename: the last rename; where `now` is not the path of its address, that address is tracked already.
        read_whole_at: when its lists were read whole last, and the hashes of known versions again.
        version: increases with every change by a person; a change based on an older version is refused.
        updates: what there is to update: the deployed version against the latest, and what is skipped.
    """

    id: int
    name: str
    date_added: datetime
    address: Address
    notes: str = ""
    wanted: WantedVersions = ALL
    labels: tuple[str, ...] = ()
    deployed_version: str = ""
    last_polled: datetime | None = None
    latest: Release | None = None
    error: TrackingError | None = None
    waiting: TrackingWait | None = None
    rename: Rename | None = None
    failures: int = 0
    failing_since: datetime | None = None
    failure_told: bool = False
    dead: bool = False
    next_poll: datetime | None = None
    memory: str | None = None
    baseline: bool = True
    missing: MissingReleases | None = None
    read_whole_at: datetime | None = None
    version: int = 1
    updates: Updates = NO_UPDATES

    @property
    def key(self) -> str:
        """Identifies duplicates: the address, with the filter if there is one."""
        return entry_key(self.address, self.wanted)

    @property
    def tag_form(self) -> TagForm:
        """Which tags are versions."""
        return self.wanted.tag_form

    @property
    def state(self) -> RepositoryState:
        """How polling goes."""
        return state_of(
            last_polled=self.last_polled,
            waiting=self.waiting is not None,
            failing=self.error is not None,
            dead=self.dead,
        )


def entry_key(address: Address, wanted: WantedVersions) -> str:
    """Equal for entries of one address that want the same of it."""
    return f"{address.key}#{wanted.filter_key}" if wanted.filter_key else address.key


def state_of(*, last_polled: datetime | None, waiting: bool, failing: bool, dead: bool) -> RepositoryState:
    """The state of a repository."""
    if dead:
        return RepositoryState.DEAD
    if waiting:
        return RepositoryState.WAITING
    if failing:
        return RepositoryState.ERROR
    return RepositoryState.NEVER if last_polled is None else RepositoryState.OK
