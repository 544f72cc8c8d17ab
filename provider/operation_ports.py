"""The ports of what is shown about the work of the service: histories, the audit, checks on request, problems."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Generic, Protocol, TypeVar

from catalog.image import Conclusion, RebuildDocument, UpdateDocument
from provider.domain.asking.request import Outcome, PersonRequest
from provider.domain.enrolling.change import EntryEdit, WrittenEntries
from provider.domain.events import Event
from provider.domain.snapshot import Snapshot
from provider.ports import Place

Entry = TypeVar("Entry", covariant=True)  # noqa: PLC0105 - the entry of a list that is only read


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The entries of a history that a reader wants; None does not restrict. `since` is included, `until` is not.

    Attributes:
        owner: of the image.
        conclusion: only rebuilds that ended like this.
    """

    since: datetime | None = None
    until: datetime | None = None
    owner: str | None = None
    conclusion: Conclusion | None = None


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


class AuditLog(Protocol):
    """Stores the acts of callers."""

    def note(self, record: AuditRecord) -> None:
        """Store a record."""

    def records(
        self, wanted: HistoryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[AuditRecord]:
        """A page of records, newest first; of the filter, only the times count.

        Raises:
            ValueError: `after` is not a place in this list.
        """

    def every_record(self, wanted: HistoryFilter) -> Iterator[AuditRecord]:
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
class ProblemDocument:
    """Something that people have to correct.

    Attributes:
        kind: `enrollment`, `image`, `worker`, `slack`, `repository`, `credentials`, `registries` or `webhooks`.
        name: the image or tracked repository; empty where it concerns none, or where its name cannot be read.
        message: what is wrong.
        where: the place in one text: file and line or key, an address, a host, a program, a channel.
        file, line, field: the place in the config repository.
        remedy: what to do next.
        since: when it began, or was first seen.
        removals: how many removals wait for an admin; None where it is about something else.
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


@dataclass(frozen=True, slots=True)
class OutsideProblem:
    """Something outside of the service that the worker cannot use; it solves itself at `until` (None: it does not)."""

    problem: ProblemDocument
    until: datetime | None = None


class OutsideProblems(Protocol):
    """What the worker cannot use, for the web part."""

    def replace(self, problems: Sequence[OutsideProblem], at: datetime) -> None:
        """Store these in place of all others; one with the same kind and place as before keeps its `since`."""

    def problems(self, now: datetime) -> Sequence[ProblemDocument]:
        """Those that have not solved themselves yet."""


ProblemSource = Callable[[], Iterable[ProblemDocument]]
"""Returns the problems of one kind that are known now."""


class DeliveryState(StrEnum):
    """A webhook's delivery waits for the worker, the worker has dealt with it, or it asks for nothing."""

    OPEN = "open"
    DONE = "done"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a webhook's sender.

    Attributes:
        sender: such as `github` or `harbor`.
        id: the sender's id of the delivery; a delivery that is sent again has the same id.
        kind: the sender's word for what happened, such as `push`.
        events: what it says; empty: it is ignored.
        reason: why it is ignored.
    """

    sender: str
    id: str
    at: datetime
    kind: str
    events: tuple[Event, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery in the inbox.

    Attributes:
        number: identifies it in the inbox.
        outcome: what the worker did, a sentence for a person; empty until then.
    """

    number: int
    delivery: Delivery
    state: DeliveryState
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The delivery is stored: open, or ignored with its reason; `events` are those that are left to do."""

    number: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class AlreadyTaken:
    """The delivery adds nothing to what is stored; `reason` is a sentence for a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """The deliveries that a reader wants; None does not restrict. `since` is included, `until` is not."""

    sender: str | None = None
    state: DeliveryState | None = None
    since: datetime | None = None
    until: datetime | None = None


class WebhookInbox(Protocol):
    """The durable queue of webhooks, from the web part to the worker."""

    def take(self, delivery: Delivery) -> Taken | AlreadyTaken:
        """Store a delivery; when this returns, it outlasts a crash.

        A delivery with a known id of the same sender adds nothing. An image with the digest that was the last one heard
        of for this reference within the last hour adds nothing either.
        """

    def open(self, limit: int) -> Sequence[StoredDelivery]:
        """At most `limit` open deliveries, the oldest first."""

    def done(self, numbers: Sequence[int], outcome: str) -> None:
        """Close these deliveries."""

    def recent(
        self, wanted: DeliveryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[StoredDelivery]:
        """A page of deliveries, newest first.

        Raises:
            ValueError: `after` is not a place in this list.
        """

    def every(self, wanted: DeliveryFilter) -> Iterator[StoredDelivery]:
        """All these deliveries, for an export."""

    def last_heard(self, place: str) -> datetime | None:
        """When a sender, such as `github`, or a registry's host last sent a delivery that was taken."""

    def prune(self, before: datetime) -> int:
        """Remove closed and ignored deliveries that are older; returns their number."""


DecideEdit = Callable[[WrittenEntries], EntryEdit]
"""Decides which edit to make, for what the files have. Pure; it may raise, and it may be called several times."""


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """The edit of a file of enrollments that was not made.

    Attributes:
        diff: its unified diff, "" if nothing would change.
        snapshot: all enrollments and state before the edit.
    """

    edit: EntryEdit
    diff: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class CommittedEdit:
    """An edit of a file of enrollments, with its unified diff.

    Attributes:
        commit: the id of the pushed commit; None: the file had this content already.
    """

    edit: EntryEdit
    diff: str
    commit: str | None


class EnrollmentFiles(Protocol):
    """The files of enrollments in the config repository, for changes by callers.

    Every method raises:
        provider.errors.EditRefused: the edit is not possible; nothing was written.
        provider.errors.ProviderError, proxy.errors.OutsideFailure: the repository cannot be used now.
        Exception: any error of the decision.
    """

    def written(self) -> WrittenEntries:
        """What the files have, or had a few seconds ago."""

    def plan(self, decide: DecideEdit, *, newest: bool = False, reviewed: bool = False) -> PlannedEdit:
        """The edit on top of the files as they were a few seconds ago, or are now (`newest`); nothing is written.

        What only lacks a rule of policy.yaml is possible if people review the edit (`reviewed`).
        """

    def propose(self, decide: DecideEdit, requested_by: str, branch: str) -> None:
        """Push a commit of the edit, on top of the newest files, to a branch of its own, in place of what that has.

        What only lacks a rule of policy.yaml is possible.

        Args:
            decide: called for the newest files.
            requested_by: as for `commit`.
            branch: the name of the branch.
        """

    def commit(self, decide: DecideEdit, requested_by: str) -> CommittedEdit:
        """Make the edit in a commit of its own on top of the newest files, and push it.

        Args:
            decide: called for exactly the files on top of which the commit is made.
            requested_by: the name of the caller, for the commit message.
        """


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that a caller may send again, after an answer that was lost, without a second effect.

    Attributes:
        caller: the name of the caller; a key is the caller's own.
        key: chosen by the caller, in the header Idempotency-Key.
        digest: a hash of all that the request asks for.
    """

    caller: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """The answer to a keyed request: the HTTP status and the text of the body."""

    status: int
    body: str


class KeyState(Enum):
    """A key that has no answer: it is new and begun now; its request is running; it belongs to another request."""

    BEGUN = "begun"
    RUNNING = "running"
    OTHER = "other"


class KeyedRequests(Protocol):
    """The answers to requests with keys."""

    def begin(self, request: KeyedRequest, at: datetime) -> KeyedAnswer | KeyState:
        """The answer that the request got before; without one it begins now, unless it is running elsewhere.

        Answers are kept for a day.
        """

    def answered(self, request: KeyedRequest, answer: KeyedAnswer) -> None:
        """Store the answer to a request that has begun."""

    def forget(self, request: KeyedRequest) -> None:
        """Forget a request that has begun and had no effect, so that it may be tried again."""
