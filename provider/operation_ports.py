"""The ports of what is shown about the work of the service: histories, the audit, checks on request, problems."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from catalog.image import Conclusion, RebuildDocument, Role, Status, UpdateDocument
from provider.domain.asking.request import Outcome, PersonRequest
from provider.domain.records.counted import Counted
from provider.domain.records.durations import Durations
from provider.domain.records.rebuild_times import RebuildTimes
from provider.ports import Place, Words

Entry = TypeVar("Entry", covariant=True)  # noqa: PLC0105 - the entry of a list that is only read


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The entries of a history that a reader wants; None does not restrict. `since` is included, `until` is not.

    Attributes:
        owner: of the image, in any case; one of several is enough.
        conclusion: only rebuilds that ended like this.
        image: only entries of this image.
        requested_by: only rebuilds that this caller asked for, in any case; the service itself is `image-factory`.
        cve: only rebuilds for which this vulnerability was named, in any case.
        moves: only digests of base images that took the place of another one.
    """

    since: datetime | None = None
    until: datetime | None = None
    owner: Words = None
    conclusion: Conclusion | None = None
    image: str | None = None
    requested_by: str | None = None
    cve: str | None = None
    moves: bool = False


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """The acts that a reader wants; None does not restrict. `since` is included, `until` is not.

    Attributes:
        caller: in any case.
        name: the image, or the address of what was changed.
        owner: only acts on images that have this owner now, in any case; one of several is enough.
    """

    since: datetime | None = None
    until: datetime | None = None
    caller: str | None = None
    action: str | None = None
    outcome: str | None = None
    name: str | None = None
    owner: Words = None


@dataclass(frozen=True, slots=True)
class HistoryPage(Generic[Entry]):
    """A part of a history, newest first; `total` counts the whole, `end` is where the next page begins (None: none)."""

    items: Sequence[Entry]
    total: int
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class ImageRebuild:
    """A rebuild, and the name of its image."""

    image: str
    rebuild: RebuildDocument


@dataclass(frozen=True, slots=True)
class ImageUpdate:
    """An entry of a digest history, and the name of its image."""

    image: str
    update: UpdateDocument


@dataclass(frozen=True, slots=True)
class SlowRebuild:
    """A rebuild, and how long it took; see `provider/domain/records/rebuild_times.py`."""

    image: str
    rebuild: RebuildDocument
    times: RebuildTimes


@dataclass(frozen=True, slots=True)
class WaitingImage:
    """An image that is behind, its status, and since when it is behind."""

    image: str
    owner: str
    status: Status
    since: datetime


@dataclass(frozen=True, slots=True)
class RebuildSummary:
    """The rebuilds of a period in numbers, and what waits for one now.

    Attributes:
        total: the number of rebuilds that were requested in the period.
        conclusions: the number of those with each conclusion; the others are in progress.
        requesters: the number of those that each caller asked for, most first, at most twenty; `image-factory` is the
            service. One that several callers asked for counts for each.
        took: from the change of a base image to the end of the rebuild.
        beyond: what of that came after the delay, or after the request of a person.
        slowest: the ten that took longest, the longest first.
        behind: the number of images that are behind now, whatever the period.
        longest_behind: the ten of them that are behind for longest, the longest first.
    """

    total: int
    conclusions: Mapping[Conclusion, int]
    requesters: Mapping[str, int]
    took: Durations
    beyond: Durations
    slowest: tuple[SlowRebuild, ...] = ()
    behind: int = 0
    longest_behind: tuple[WaitingImage, ...] = ()

    @property
    def running(self) -> int:
        """The number of rebuilds of the period that are in progress."""
        return self.total - sum(self.conclusions.values())


class ImageHistories(Protocol):
    """The rebuilds and the digest histories of all tracked images, newest first.

    Pages are counted from 1, or from the place `after`. The methods that give a page raise:
        ValueError: `after` is not a place in this list.
    """

    def rebuilds(
        self, wanted: HistoryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[ImageRebuild]:
        """A page of rebuilds, by the time of their requests."""

    def updates(
        self, wanted: HistoryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[ImageUpdate]:
        """A page of digests, by the time when they were first seen."""

    def every_rebuild(self, wanted: HistoryFilter) -> Iterator[ImageRebuild]:
        """All these rebuilds, for an export; read in parts, so that others can write meanwhile."""

    def every_update(self, wanted: HistoryFilter) -> Iterator[ImageUpdate]:
        """All these digests, as `every_rebuild`."""

    def summary(self, wanted: HistoryFilter) -> RebuildSummary:
        """These rebuilds in numbers, and which of these images are behind; the number of queries is fixed."""

    def dependents(self, names: Collection[str]) -> Mapping[str, int]:
        """How many images directly depend on each of these images; one without any is missing."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One act of a caller.

    Attributes:
        caller: the name of a service token, or the reference of a user.
        action: what was asked for, such as `rerun` or `check`.
        name: the image, or the address of what was changed.
        outcome: `done`, `not-allowed`, `refused`, `failed`, or another word that says how it ended.
    """

    at: datetime
    caller: str
    action: str
    name: str
    outcome: str
    reason: str = ""
    cve: str | None = None


AUDIT_OUTCOMES = ("done", "not-allowed", "refused", "not-found", "unknown", "failed")
"""How an act can end."""


class AuditLog(Protocol):
    """Stores the acts of callers."""

    def note(self, record: AuditRecord) -> None:
        """Store a record."""

    def records(
        self, wanted: AuditFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[AuditRecord]:
        """A page of records, newest first.

        Raises:
            ValueError: `after` is not a place in this list.
        """

    def every_record(self, wanted: AuditFilter) -> Iterator[AuditRecord]:
        """All these records, for an export."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A caller's wish that images are checked now; no names: all of them."""

    id: int
    at: datetime
    names: tuple[str, ...]


class CheckRequests(Protocol):
    """Takes requests for checks from the web part to the worker."""

    def ask(self, names: Sequence[str], at: datetime) -> None:
        """Store a request."""

    def open(self) -> Sequence[CheckRequest]:
        """The requests that are not done, the oldest first."""

    def done(self, requests: Sequence[CheckRequest]) -> None:
        """Remove these requests."""


class PersonRequests(Protocol):
    """Takes what people ask for (rebuilds, holds, skipped digests) from the web part to the worker.

    A request stays here until the worker has written it to the config repository.
    """

    def ask(self, request: PersonRequest) -> None:
        """Store a request; one with a known id is stored once."""

    def open(self, name: str | None = None) -> Sequence[PersonRequest]:
        """The requests that the worker has not carried out, the oldest first; with a name, those of one image."""

    def close(self, outcomes: Mapping[str, Outcome], at: datetime) -> None:
        """Note how requests ended, by id."""

    def outcome(self, request_id: str) -> Outcome | None:
        """How a request ended; None while it is open, or where it is not known."""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is open in the queues of the worker.

    Attributes:
        queues: of each queue that a reaction takes, the oldest and the newest that is open; None: there is none.
        whole_check: the newest request for a check of everything, which a round does; None: there is none.
    """

    queues: tuple[tuple[int | None, int | None], ...] = ()
    whole_check: int | None = None

    @property
    def reactions(self) -> bool:
        """Whether there is anything for a reaction."""
        return any(newest is not None for _, newest in self.queues)


@dataclass(frozen=True, slots=True)
class RequestQueue:
    """One queue between the web part and the worker.

    Attributes:
        waiting: how many requests are not carried out yet.
        oldest: when the oldest of them arrived; None: none waits.
    """

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """The work of the worker in numbers.

    Attributes:
        queues: by name: `checks`, `requests` of people, and `webhooks`.
        checked: how many images were checked in the period.
        oldest_check: of the images that were checked at all, the last check of the one that was checked longest ago.
        changes: how many new digests images of each role had in the period, without the first one of each.
    """

    queues: Mapping[str, RequestQueue]
    checked: int
    oldest_check: datetime | None
    changes: Mapping[Role, int]


class WorkRecords(Protocol):
    """Reads the numbers, with a fixed number of queries."""

    def figures(self, checked_since: datetime, changed_since: datetime) -> WorkFigures:
        """The numbers now; the periods begin at these times."""


class WorkCounts(Protocol):
    """Sums over all processes and restarts."""

    def add(self, counts: Mapping[Counted, int]) -> None:
        """Add to the sums."""

    def sums(self) -> Mapping[Counted, int]:
        """All sums."""


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """Something that people have to correct.

    Attributes:
        kind: `enrollment`, `image`, `worker`, `slack`, `repository`, `credentials`, `registries`, `webhooks` or
            `backstage`.
        name: the image or tracked repository; empty where it concerns none, or where its name cannot be read.
        message: what is wrong.
        where: the place in one text: file and line or key, an address, a host, a program, a channel.
        file, line, field: the place in the config repository.
        remedy: what to do next.
        since: when it began, or was first seen.
        removals: how many removals wait for an admin; None where it is about something else.
        owner: of the image; None where it concerns none that is tracked.
    """

    kind: str
    name: str
    message: str
    remedy: str
    since: datetime | None
    where: str | None = None
    file: str | None = None
    line: int | None = None
    field: str | None = None
    removals: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """The problems that a reader wants; None does not restrict. `since` is included, `until` is not.

    Attributes:
        since, until: when the problem began; one whose beginning is not known is always wanted.
        owner: only problems of images with this owner, in any case; one of several is enough.
        name: only problems of this image or tracked repository.
    """

    since: datetime | None = None
    until: datetime | None = None
    owner: Words = None
    kind: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OutsideProblem:
    """Something outside of the service that the worker cannot use; it solves itself at `until` (None: it does not)."""

    problem: ProblemDocument
    until: datetime | None = None


class OutsideProblems(Protocol):
    """What the worker cannot use, for the web part."""

    def replace(self, problems: Sequence[OutsideProblem], at: datetime) -> Sequence[ProblemDocument]:
        """Store these in place of all others; one with the same kind and place as before keeps its `since`.

        Returns:
            Those of a kind and place that had none before.
        """

    def problems(self, now: datetime) -> Sequence[ProblemDocument]:
        """Those that have not solved themselves yet."""


ProblemSource = Callable[[], Iterable[ProblemDocument]]
"""Returns the problems of one kind that are known now."""
