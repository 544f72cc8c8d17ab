"""The ports of webhooks: the deliveries that arrived, and what is noted about those that were lost."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from provider.domain.events import Event
from provider.operation_ports import HistoryPage
from provider.ports import Place


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
        """When a sender, such as `github`, or a registry's host last sent a delivery that was taken.

        The name of a group of runs (`RunGroup`) is a place too.
        """

    def prune(self, before: datetime) -> int:
        """Remove closed and ignored deliveries that are older; returns their number."""


@dataclass(frozen=True, slots=True)
class HookLook:
    """The last look at the deliveries of a webhook.

    Attributes:
        at: everything before was seen.
        problem: why they could not be read or asked for; empty: they could.
    """

    at: datetime
    problem: str = ""


class Redeliveries(Protocol):
    """Stores which lost deliveries were asked for, so that each is asked for once; webhooks go by a name for people."""

    def looks(self) -> Mapping[str, HookLook]:
        """The last look at each webhook."""

    def note(self, hook: str, look: HookLook) -> None:
        """Store a look in place of the last one."""

    def asked(self, guids: Collection[str]) -> Collection[str]:
        """Those of these events that were asked for."""

    def ask(self, guid: str, at: datetime) -> None:
        """Note that the event is asked for."""

    def forget(self, guid: str) -> None:
        """Note that it was not asked for."""

    def prune(self, before: datetime, hooks: Collection[str]) -> None:
        """Remove older events, and what was read of other webhooks than these."""
