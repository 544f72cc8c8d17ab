"""What the release tracker needs of the world outside: protocols, and the values that pass through them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provider.ports import Place
from provider.tracker.decisions.outcomes import Found, PollResult, UnchangedList
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Address, RepositoryState, RepositoryType, TagForm, Tracked


class ReleaseSource(Protocol):
    """Where releases of one type of repository are found."""

    @property
    def type(self) -> RepositoryType:
        """The type that it serves."""

    def poll(
        self, address: Address, *, form: TagForm, memory: str | None, known: Collection[str] = ()
    ) -> Found | UnchangedList:
        """Everything that is published now.

        Args:
            address: of this type.
            form: which tags are releases; what a publisher calls a release is one, whatever its tag.
            memory: what the last answer gave, None to be told all.
            known: versions that are kept already, drafts left out: what costs requests (a hash, a date) is asked for
                new ones, and may be None for these. None never means that it is gone.

        Raises:
            proxy.errors.NotFound: no such repository.
            proxy.errors.Refused: credentials are missing or not enough.
            proxy.errors.AddressRefused: the address is not allowed.
            proxy.errors.NotNow: cannot be asked now; with `retry_at`, the host is not to be asked before.
        """


@dataclass(frozen=True, slots=True)
class RepositoryFields:
    """What a person says of a repository."""

    name: str
    address: Address
    notes: str = ""
    tag_form: TagForm = TagForm.SEMVER


@dataclass(frozen=True, slots=True)
class RepositoryFilter:
    """Which repositories a reader asks for; None does not restrict.

    Attributes:
        query: a part of name, url or notes; upper and lower case are the same.
        sort: one of `REPOSITORY_SORTS`, with '-' before it for the other way round.
    """

    type: RepositoryType | None = None
    query: str | None = None
    state: RepositoryState | None = None
    sort: str = "name"


REPOSITORY_SORTS = ("name", "type", "dateAdded", "lastPolled", "latestVersion", "latestDate", "state")
"""What was never polled and what has no release or no date sorts first; names sort without regard to case."""

RELEASE_SORTS = ("version", "date")
"""By precedence and by date; what is no version and what has no date sorts first."""


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """A part of the list; `end` is where the next page begins (None: there is none)."""

    items: Sequence[Tracked]
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A part of a repository's releases; `end` is where the next page begins (None: there is none)."""

    items: Sequence[Release]
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is tracked; `by_state` has every state."""

    repositories: int
    releases: int
    by_state: Mapping[RepositoryState, int]


class TrackerStore(Protocol):
    """Where tracked repositories and their releases are kept.

    Methods that name a repository or a release raise provider.errors.NotTracked when there is none of that id.
    """

    def add(self, fields: RepositoryFields, now: datetime) -> Tracked:
        """Begin to track; it is due at once.

        Raises:
            provider.errors.Duplicate: the address is tracked already, by the repository with its `id`.
        """

    def add_all(self, many: Sequence[RepositoryFields], now: datetime) -> Sequence[int]:
        """Add those whose address is not tracked yet, all or none; the ids of all of them, in their order."""

    def get(self, repository: int) -> Tracked:
        """One repository."""

    def find(self, address: Address) -> Tracked | None:
        """The repository with this address, however it is written."""

    def change(self, repository: int, version: int, fields: RepositoryFields) -> Tracked:
        """Write what a person changed; with another address or tag form it is due at once and polled silently.

        Raises:
            provider.errors.Conflict: somebody changed it since `version`; nothing was written.
            provider.errors.Duplicate: the new address is tracked already, by the repository with its `id`.
        """

    def remove(self, repository: int) -> None:
        """Forget a repository and its releases."""

    def page(self, wanted: RepositoryFilter, size: int, after: Place | None = None, page: int = 1) -> RepositoryPage:
        """A page of repositories, from a place on: it costs the same however deep it is.

        Pages counted from 1 cost more the deeper they are; from a place on, they are counted from there.

        Raises:
            ValueError: there is no such sort, `after` is no place in it, or page or size is less than 1.
        """

    def count(self, wanted: RepositoryFilter) -> int:
        """How many repositories the filter leaves; it costs more than a page."""

    def counts(self) -> Counts:
        """How much there is in all."""

    def everything(self) -> Iterator[Tracked]:
        """All repositories by id, for an export; read in parts, so others may write meanwhile."""

    def due(self, now: datetime, limit: int) -> Sequence[Tracked]:
        """Repositories whose next poll has come, the longest due first."""

    def known(self, repository: int) -> Sequence[Release]:
        """All releases as `after_poll` needs them.

        One that a person removed is among them as `by_hand`, so that no poll brings it back.
        """

    def record(self, results: Iterable[PollResult]) -> None:
        """Write what polls found, 200 repositories in a transaction, and only what differs.

        Announcements go to the outbox in the same transaction. A repository that was removed, or changed by a person
        since it was polled, is left as it is.
        """

    def releases(
        self, repository: int, size: int, after: Place | None = None, page: int = 1, sort: str = "-version"
    ) -> ReleasePage:
        """A page of its releases.

        Raises:
            ValueError: there is no such sort, `after` is no place in it, or page or size is less than 1.
        """

    def count_releases(self, repository: int) -> int:
        """How many releases a reader of `releases` sees."""

    def release(self, repository: int, release: int) -> Release:
        """One release."""

    def add_release(self, repository: int, release: FoundRelease) -> Release:
        """Add one by hand; it is announced to nobody.

        Raises:
            provider.errors.Duplicate: the repository has this version, as the release with its `id`.
        """

    def change_release(self, repository: int, release: int, fields: FoundRelease) -> Release:
        """Change one by hand: from now on polls leave it as it is.

        Raises:
            provider.errors.Duplicate: the repository has this version, as the release with its `id`.
        """

    def remove_release(self, repository: int, release: int) -> None:
        """Remove one; polls do not bring it back."""
