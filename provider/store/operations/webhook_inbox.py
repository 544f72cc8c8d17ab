"""The durable queue of webhooks, on their way from the web part to the worker."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    select,
    true,
    update,
)

from provider.domain.events import Event, ImagePushed, RunChanged
from provider.operation_ports import HistoryPage
from provider.ports import Place
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.inserts import insert_new, upsert
from provider.store.newest_first import NewestFirst
from provider.store.operations.webhook_events import events_of, events_text
from provider.store.tables import SortableText, UtcTime, metadata
from provider.webhook_ports import AlreadyTaken, Delivery, DeliveryFilter, DeliveryState, StoredDelivery, Taken

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", SortableText, nullable=False),
    Column("delivery", SortableText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", SortableText, nullable=False),
    Column("state", SortableText, nullable=False),
    Column("reason", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("events", Text, nullable=False),
    UniqueConstraint("sender", "delivery", name="webhook_deliveries_once"),
    Index("webhook_deliveries_by_at", "at", "id"),
    Index("webhook_deliveries_by_state", "state", "id"),
    sqlite_autoincrement=True,
)

webhook_images = Table(
    "webhook_images",
    metadata,
    Column("reference", SortableText, primary_key=True),
    Column("digest", SortableText, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""The last digest that a sender named for each reference."""

webhook_places = Table(
    "webhook_places",
    metadata,
    Column("place", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
"""When each sender, each registry's host, and the runs of each repository were last heard of."""

# Senders repeat an event within minutes. Later, the tag may have changed and changed back without our notice.
_SAME_PUSH = timedelta(hours=1)
_LONGEST_ID = 200
_LONGEST = 1000
_DELIVERIES = NewestFirst(webhook_deliveries, ("id",))
_HEARD_BEFORE = "the digest of this image was already reported by another delivery"


class SqlWebhookInbox:
    """Implements `WebhookInbox` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, delivery: Delivery) -> Taken | AlreadyTaken:
        """Store a delivery, in one transaction."""
        with writing(self._engine) as connection:
            events = tuple(_not_heard(connection, delivery))
            repeated = bool(delivery.events) and not events
            reason = _HEARD_BEFORE if repeated else delivery.reason
            number = insert_new(
                connection, webhook_deliveries, _row(delivery, events, reason), key=("sender", "delivery")
            )
            if number is None:
                return AlreadyTaken("this delivery was already taken")
            _note(connection, delivery, events)
        return AlreadyTaken(reason) if repeated else Taken(number, events)

    def open(self, limit: int) -> Sequence[StoredDelivery]:
        """At most `limit` open deliveries, the oldest first."""
        query = select(webhook_deliveries).where(webhook_deliveries.c.state == DeliveryState.OPEN.value)
        with self._engine.connect() as connection:
            return [_stored(row) for row in connection.execute(query.order_by(webhook_deliveries.c.id).limit(limit))]

    def done(self, numbers: Sequence[int], outcome: str) -> None:
        """Close these deliveries."""
        if numbers:
            closed = update(webhook_deliveries).where(webhook_deliveries.c.id.in_(numbers))
            with writing(self._engine) as connection:
                connection.execute(closed.values(state=DeliveryState.DONE.value, outcome=_text(outcome)))

    def recent(
        self, wanted: DeliveryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[StoredDelivery]:
        """A page of deliveries, newest first."""
        with self._engine.connect() as connection:
            found, total, end = _DELIVERIES.page(connection, _condition(wanted), page, size, after)
        return HistoryPage([_stored(row) for row in found], total, end)

    def every(self, wanted: DeliveryFilter) -> Iterator[StoredDelivery]:
        """All these deliveries, newest first."""
        return map(_stored, _DELIVERIES.every(self._engine, _condition(wanted)))

    def last_heard(self, place: str) -> datetime | None:
        """When this sender, registry's host, or group of runs (`RunGroup`) was last heard of."""
        query = select(webhook_places.c.at).where(webhook_places.c.place == place)
        with self._engine.connect() as connection:
            at: datetime | None = connection.execute(query).scalar_one_or_none()
            return at

    def prune(self, before: datetime) -> int:
        """Remove old deliveries that are not open."""
        columns = webhook_deliveries.c
        old = delete(webhook_deliveries).where(columns.at < before, columns.state != DeliveryState.OPEN.value)
        with writing(self._engine) as connection:
            connection.execute(delete(webhook_images).where(webhook_images.c.at < before))
            return connection.execute(old).rowcount


def _not_heard(connection: Connection, delivery: Delivery) -> Iterable[Event]:
    """The events that add something."""
    images = {str(event.image) for event in delivery.events if isinstance(event, ImagePushed)}
    recent = webhook_images.c.at > delivery.at - _SAME_PUSH
    rows = (
        connection.execute(select(webhook_images).where(webhook_images.c.reference.in_(images), recent)).all()
        if images
        else ()
    )
    heard = {(row.reference, row.digest) for row in rows}
    return (
        event
        for event in dict.fromkeys(delivery.events)
        if not (isinstance(event, ImagePushed) and (str(event.image), event.digest) in heard)
    )


def _note(connection: Connection, delivery: Delivery, events: Iterable[Event]) -> None:
    """Record what was heard of, and from whom."""
    images = [event for event in delivery.events if isinstance(event, ImagePushed)]
    digests = {str(event.image): event.digest or "" for event in events if isinstance(event, ImagePushed)}
    upsert(
        connection,
        webhook_images,
        [{"reference": image, "digest": digest, "at": delivery.at} for image, digest in digests.items()],
    )
    runs = (f"{event.system} {event.repository.lower()}" for event in delivery.events if isinstance(event, RunChanged))
    places = {delivery.sender, *(event.image.registry for event in images), *runs}
    upsert(
        connection,
        webhook_places,
        # One order for all: two transactions that lock the same rows in different orders wait for each other.
        [{"place": _id(place), "at": delivery.at} for place in sorted(places)],
        newer="at",
    )


def _row(delivery: Delivery, events: Sequence[Event], reason: str) -> dict[str, object]:
    return {
        "sender": _id(delivery.sender),
        "delivery": _id(delivery.id),
        "at": delivery.at,
        "kind": _id(delivery.kind),
        "state": (DeliveryState.OPEN if events else DeliveryState.IGNORED).value,
        "reason": "" if events else _text(reason),
        "outcome": "",
        "events": events_text(events or delivery.events),
    }


def _condition(wanted: DeliveryFilter) -> ColumnElement[bool]:
    columns = webhook_deliveries.c
    return and_(
        true() if wanted.sender is None else columns.sender == storable(wanted.sender),
        true() if wanted.state is None else columns.state == wanted.state.value,
        true() if wanted.since is None else columns.at >= wanted.since,
        true() if wanted.until is None else columns.at < wanted.until,
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredDelivery:
    delivery = Delivery(row.sender, row.delivery, row.at, row.kind, events_of(row.events), row.reason)
    return StoredDelivery(row.id, delivery, DeliveryState(row.state), row.outcome)


def _id(text: str) -> str:
    return storable(text[:_LONGEST_ID])


def _text(text: str) -> str:
    return storable(text[:_LONGEST])
