"""The outbox in the database: messages to send, a copy for each queue that takes them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    Row,
    Table,
    Text,
    delete,
    select,
    update,
)

from provider.containment import contained
from provider.errors import InternalError
from provider.notifications.message import Message, MessageKind
from provider.notifications.ports import MAIN_QUEUE
from provider.notifications.queue_state import QueueState
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.inserts import insert_missing
from provider.store.json_dataclasses import dumped, loaded
from provider.store.tables import SortableText, UtcTime, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("queue", SortableText, primary_key=True),
    Column("id", SortableText, primary_key=True),
    Column("kind", SortableText, nullable=False),
    Column("subject", SortableText, nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("put_at", UtcTime, nullable=False),
    Column("tried", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("receipt", Text),
    Column("problem", Text),
    Column("body", Text, nullable=False),
    Index("outbox_by_turn", "queue", "pending", "put_at", "id"),
)

queues = Table(
    "message_queues",
    metadata,
    Column("name", SortableText, primary_key=True),
    # Separated by commas; empty: all kinds.
    Column("kinds", SortableText, nullable=False),
    Column("state", Text, nullable=False),
)


class SqlOutbox:
    """Implements `provider.notifications.ports.Outbox` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine, queue: str = MAIN_QUEUE) -> None:
        self._engine = engine
        self._queue = queue

    def put(self, message: Message, now: datetime) -> None:
        """Queue a message; if a message with its id exists and the body differs, the sent message will be updated."""
        values = message_values(message, now)
        changed = {"body": values["body"], "subject": values["subject"], "pending": True}
        other = (outbox.c.id == values["id"]) & (outbox.c.body != values["body"])
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(other).values(**changed, revision=outbox.c.revision + 1))
            put_messages(connection, [values])

    def due(self, limit: int) -> Sequence[Message]:
        """Messages to send, in the order in which they were queued; one that cannot be read is refused."""
        query = (
            select(outbox)
            .where(self._mine, outbox.c.pending.is_(True))
            .order_by(outbox.c.put_at, outbox.c.id)
            .limit(limit)
        )
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
            found = {row.id: contained(f"message {row.id}", _message_of, row) for row in rows}
            unreadable = {name: error for name, error in found.items() if isinstance(error, InternalError)}
            if not unreadable:
                return [message for message in found.values() if not isinstance(message, InternalError)]
            for name, error in unreadable.items():
                with writing(self._engine) as connection:
                    refused = {"problem": f"cannot be read: {error}", "pending": False}
                    connection.execute(update(outbox).where(self._mine, outbox.c.id == name).values(refused))

    def trying(self, message: Message) -> None:
        """Record, before sending, that sending may have happened."""
        self._write(message, tried=True)

    def sent(self, message: Message, receipt: str) -> None:
        """Record that this revision has arrived; a newer revision remains pending."""
        newer = outbox.c.revision > message.revision
        self._write(message, receipt=receipt, tried=False, problem=None, pending=newer)

    def not_sent(self, message: Message) -> None:
        """Record that the message certainly did not arrive."""
        self._write(message, tried=False)

    def send_anew(self, message: Message) -> None:
        """Forget the receipt, so that the message is sent as a new one."""
        self._write(message, tried=False, receipt=None)

    def refused(self, message: Message, problem: str) -> None:
        """Record that the channel refuses this revision, with the problem; a newer revision remains pending."""
        self._write(message, problem=storable(problem), pending=outbox.c.revision > message.revision)

    def take_up_refused(self) -> None:
        """Make all refused messages pending again."""
        refused = self._mine & outbox.c.pending.is_(False) & outbox.c.problem.is_not(None)
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(refused).values(pending=True))

    def forget(self, before: datetime) -> None:
        """Delete messages that were queued before then and have arrived."""
        with writing(self._engine) as connection:
            arrived = self._mine & outbox.c.pending.is_(False) & outbox.c.problem.is_(None)
            connection.execute(delete(outbox).where(arrived, outbox.c.put_at < before))

    def state(self) -> QueueState:
        """What was recorded last about the sending of these messages."""
        with self._engine.connect() as connection:
            document = connection.scalar(select(queues.c.state).where(queues.c.name == self._queue))
        return loaded(QueueState, json.loads(document)) if document else QueueState()

    def record(self, state: QueueState) -> None:
        """Replace the recorded state, unless the queue is no longer used."""
        with writing(self._engine) as connection:
            known = queues.c.name == self._queue
            connection.execute(update(queues).where(known).values(state=storable(dumped(state))))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return outbox.c.queue == self._queue

    def _write(self, message: Message, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(self._mine, outbox.c.id == message.id).values(values))


def put_messages(
    connection: Connection, messages: Sequence[Mapping[str, Any]], wanted: Callable[[str], bool] = lambda _: True
) -> None:
    """Insert messages, of `message_values`, into the wanted queues that take their kind; a known id changes nothing."""
    if not messages:
        return
    takers = connection.execute(select(queues.c.name, queues.c.kinds)).all()
    for name, kinds in takers:
        if not wanted(name):
            continue
        taken = [{**values, "queue": name} for values in messages if not kinds or values["kind"] in kinds.split(",")]
        insert_missing(connection, outbox, taken, key=("queue", "id"))


def message_values(message: Message, now: datetime) -> Mapping[str, Any]:
    """The row of a new message."""
    return {
        "id": message.id,
        "kind": message.kind.value,
        "subject": storable(message.subject),
        "body": storable(dumped(message.body)),
        "pending": True,
        "put_at": now,
        "tried": False,
        "revision": 1,
        "receipt": None,
        "problem": None,
    }


def _message_of(row: Row[*tuple[Any, ...]]) -> Message:
    body = json.loads(row.body)
    return Message(row.id, MessageKind(row.kind), row.subject, body, row.receipt, row.tried, row.revision, row.put_at)
