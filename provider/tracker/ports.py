"""The ports of the release tracker: protocols of sources and of the store, and their values."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from provider.ports import Place
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.deployed.updates import TagsInUse
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollOutcome, PollResult, UnchangedList
from provider.tracker.decisions.release import FoundRelease, Release, SkippedRelease
from provider.tracker.decisions.repository import Address, RepositoryState, Tracked, entry_key
from provider.tracker.decisions.versions.order import is_prerelease
from provider.tracker.decisions.wanted import ALL, WantedVersions


class ReleaseSource(Protocol):
    """Reads the releases of one type of repository."""

    @property
    def type(self) -> RepositoryType:
        """The type of repository that it reads."""

    def poll(
        self,
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        """Read everything that is published now.

        Args:
            address: an address of this type.
            wanted: which versions count. The form says which tags are releases; what the publisher marks as a release
                is one, whatever its tag. Pre-releases are read whatever is wanted of them.
            memory: the memory of the last result; None to read the whole list.
            known: tags of stored versions that have a hash, without drafts. Values that need extra requests (a hash, a
                date) may be None for these; None never means that a value was removed.
            thorough: read the lists whole and the hashes of known versions again, although nothing may be new.
                Otherwise a list may be read only as far as it is new.

        Raises:
            proxy.errors.NotFound: no such repository.
            proxy.errors.Refused: credentials are missing or not enough.
            proxy.errors.AddressRefused: the address is not allowed.
            proxy.errors.NotNow: cannot be read now; with `retry_at`, the host limits requests until then.
        """


@dataclass(frozen=True, slots=True)
class RepositoryFields:
    """The fields of a repository that people edit."""

    name: str
    address: Address
    notes: str = ""
    wanted: WantedVersions = ALL
    labels: tuple[str, ...] = ()
    deployed_version: str = ""

    @property
    def key(self) -> str:
        """Identifies duplicates, as `Tracked.key`."""
        return entry_key(self.address, self.wanted)

    @staticmethod
    def of(tracked: Tracked) -> "RepositoryFields":
        """The fields of a tracked repository."""
        return RepositoryFields(
            tracked.name, tracked.address, tracked.notes, tracked.wanted, tracked.labels, tracked.deployed_version
        )


@dataclass(frozen=True, slots=True)
class RepositoryFilter:
    """Which repositories to list; None is no filter.

    Attributes:
        query: a part of the name, url or notes, in any case, or the beginning of a version; see `WantedNumber`.
        deployed: how the deployed version compares with the latest release.
        sort: one of `REPOSITORY_SORTS`, with '-' before it for descending order.
    """

    type: RepositoryType | None = None
    query: str | None = None
    state: RepositoryState | None = None
    sort: str = "name"
    deployed: DeployedStatus | None = None


REPOSITORY_SORTS = ("name", "type", "dateAdded", "lastPolled", "latestVersion", "latestDate", "state", "deployed")
"""Missing values sort first: never polled, no release, no date. Names sort case-insensitively.

By `deployed`, what is furthest behind comes last: nothing deployed, current, ahead, unknown, behind.
"""

RELEASE_SORTS = ("version", "date")
"""By precedence and by date; releases without a version or a date sort first."""


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A part of the list.

    Attributes:
        end: where the next page begins; None for the last page.
        matched: of repositories, by id: the release whose version the text of the filter found, nearest to the text.
    """

    items: Sequence[Tracked]
    end: Place | None = None
    matched: Mapping[int, Release] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A part of a repository's releases; `end` is where the next page begins; None for the last page."""

    items: Sequence[Release]
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class NewsFilter:
    """Which releases to list among those of all repositories; None is no filter.

    Attributes:
        since, until: when they were first seen, including `since`; with one of them, what has no such time is left out.
        repository: the id of their repository.
        query: a part of the name, url, notes or labels of their repository, or the beginning of their version.
        label: a label of their repository.
        prereleases: include pre-releases.
        known: include what was known from the start, which is no news.
    """

    since: datetime | None = None
    until: datetime | None = None
    repository: int | None = None
    type: RepositoryType | None = None
    query: str | None = None
    label: str | None = None
    prereleases: bool = True
    known: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseNews:
    """A release, with its repository."""

    tracked: Tracked
    release: Release

    @property
    def prerelease(self) -> bool:
        """Whether the publisher or the tag marks it as a pre-release."""
        return is_prerelease(self.release, self.tracked.tag_form)


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A part of the releases of all repositories; `end` is where the next page begins; None for the last page."""

    items: Sequence[ReleaseNews]
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of tracked repositories and releases; `by_state` has every state."""

    repositories: int
    releases: int
    by_state: Mapping[RepositoryState, int]


@dataclass(frozen=True, slots=True)
class PollCount:
    """How many polls of a host had an outcome; the host of GitHub is its type."""

    type: RepositoryType
    host: str
    outcome: PollOutcome
    polls: int


@dataclass(frozen=True, slots=True)
class PollFigures:
    """How polls go.

    Attributes:
        by_state: the number of repositories in every state.
        failing_since: since when the repository fails that has failed the longest; None: none fails.
        counts: the polls since the database was made, of hosts of which something is tracked.
    """

    by_state: Mapping[RepositoryState, int]
    failing_since: datetime | None
    counts: Sequence[PollCount]


class TrackerStore(Protocol):
    """Stores tracked repositories and their releases.

    Methods with the id of a repository or a release raise provider.errors.NotTracked if it does not exist.
    """

    def add(self, fields: RepositoryFields, now: datetime) -> Tracked:
        """Start to track a repository; its first poll is due now.

        Raises:
            provider.errors.Duplicate: the address is already tracked with this filter, by the repository with `id`.
        """

    def add_all(self, many: Sequence[RepositoryFields], now: datetime) -> Sequence[int]:
        """Add the repositories whose address is not tracked yet, all or none; returns all their ids, in order."""

    def get(self, repository: int) -> Tracked:
        """One repository."""

    def find(self, key: str) -> Tracked | None:
        """The repository with this key (`Tracked.key`)."""

    def address_keys(self, kind: RepositoryType) -> Collection[str]:
        """The keys of all addresses of this type that are tracked (`Address.key`), whatever their filters."""

    def of_address(self, address: Address) -> Sequence[Tracked]:
        """The repositories with this address, whatever their filters."""

    def change(
        self, repository: int, version: int, fields: RepositoryFields, *, same_releases: bool = False
    ) -> Tracked:
        """Write the changes of a person; with a new address or filter, the next poll is due now and silent.

        With `same_releases`, the releases at the new address are those that are stored, so its poll is not silent.
        Releases that a new filter does not let through are removed, except those that a person added or edited.

        Raises:
            provider.errors.Conflict: somebody changed it since `version`; nothing was written.
            provider.errors.Duplicate: the new address is already tracked with this filter, by the repository with `id`.
        """

    def remove(self, repository: int) -> None:
        """Delete a repository and its releases."""

    def page(self, wanted: RepositoryFilter, size: int, after: Place | None = None, page: int = 1) -> RepositoryPage:
        """A page of repositories.

        With `after`, the page is counted from that place, which costs the same at any depth. Without it, a page costs
        more the higher its number is.

        Raises:
            ValueError: unknown sort, `after` is not a place in that order, or page or size is less than 1.
        """

    def count(self, wanted: RepositoryFilter) -> int:
        """How many repositories match the filter; costs more than a page."""

    def counts(self) -> Counts:
        """The total numbers."""

    def figures(self) -> PollFigures:
        """How polls go."""

    def everything(self) -> Iterator[Tracked]:
        """All repositories by id, for an export; read in parts, so that others can write meanwhile."""

    def due(self, now: datetime, limit: int) -> Sequence[Tracked]:
        """Repositories whose next poll is due, longest due first."""

    def poll_soon(self, repository: int, now: datetime) -> None:
        """Let the next poll of a repository be due now at the latest; nothing for one that does not exist."""

    def known(self, repository: int) -> Sequence[Release]:
        """All releases as `after_poll` needs them.

        A release that a person removed is included as `by_hand`, so that no poll adds it again.
        """

    def record(self, results: Iterable[PollResult]) -> None:
        """Write the results of polls, 200 repositories per transaction, and only what differs.

        Announcements are written to the outbox in the same transaction. A repository that was removed, or changed by a
        person since it was polled, stays unchanged.
        """

    def releases(
        self, repository: int, size: int, after: Place | None = None, page: int = 1, sort: str = "-version"
    ) -> ReleasePage:
        """A page of the releases of a repository.

        Raises:
            ValueError: unknown sort, `after` is not a place in that order, or page or size is less than 1.
        """

    def count_releases(self, repository: int) -> int:
        """How many releases `releases` lists."""

    def release(self, repository: int, release: int) -> Release:
        """One release."""

    def news(self, wanted: NewsFilter, size: int, after: Place | None = None, page: int = 1) -> NewsPage:
        """A page of the releases of all repositories, by when they were first seen, newest first.

        Drafts are never listed. With `after`, the page is counted from that place.

        Raises:
            ValueError: `after` is not a place in that order, or page or size is less than 1.
        """

    def count_news(self, wanted: NewsFilter, most: int | None = None) -> int:
        """How many releases `news` lists; with `most`, that number where there are at least so many."""

    def every_news(self, wanted: NewsFilter) -> Iterator[ReleaseNews]:
        """All that `news` lists, for an export; read in parts, so that others can write meanwhile."""

    def add_release(self, repository: int, release: FoundRelease) -> Release:
        """Add a release by hand; it is not announced.

        Raises:
            provider.errors.Duplicate: the repository already has this version, as the release with `id`.
        """

    def change_release(self, repository: int, release: int, fields: FoundRelease) -> Release:
        """Change a release by hand; from then on polls do not change it.

        Raises:
            provider.errors.Duplicate: the repository already has this version, as the release with `id`.
        """

    def remove_release(self, repository: int, release: int) -> None:
        """Remove a release; polls do not add it again."""

    def skip_release(self, repository: int, release: int, skipped: SkippedRelease | None) -> Release:
        """Skip a release, so that it is never the latest one; None takes that back."""

    def acknowledge(self, repository: int, release: int) -> Release:
        """Nothing is new any more about a release and those that were found before it."""

    def note_in_use(self, in_use: Mapping[str, TagsInUse]) -> int:
        """Store which tags images are built from, and compare them with the releases.

        Args:
            in_use: by `registry/repository`, as in `Address.path`; a repository that is missing is not in use.

        Returns:
            How many tracked repositories changed.
        """


class OwnerListKind(StrEnum):
    """The lists of an owner at GitHub: its own repositories, or those that a user has starred."""

    REPOSITORIES = "repositories"
    STARRED = "starred"


@dataclass(frozen=True, slots=True)
class OwnerRepository:
    """A repository in the list of an owner; `path` is OWNER/NAME."""

    path: str
    description: str = ""
    fork: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class OwnerList:
    """The list of an owner; not `whole` where it is longer than what is read."""

    repositories: tuple[OwnerRepository, ...]
    whole: bool = True


class OwnerRepositories(Protocol):
    """The lists of owners at GitHub."""

    def read(self, owner: str, kind: OwnerListKind) -> OwnerList:
        """A list of an owner, with what the service's credentials may see.

        Raises:
            proxy.errors.NotFound: there is no such owner, or it has no such list.
            proxy.errors.OutsideFailure: the list cannot be read now, or may not be read.
        """


class VersionsInUse(Protocol):
    """What the images of this service are built from."""

    def read(self) -> Mapping[str, TagsInUse]:
        """The tags in use of each container repository, by `registry/repository`."""
