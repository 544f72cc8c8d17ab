"""The outbox in the database: messages to send."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Engine, Index, Integer, Row, Table, Text, delete, func, select, update

from provider.containment import contained
from provider.errors import InternalError
from provider.notifications.message import Message, MessageKind
from provider.notifications.ports import MessageProblem
from provider.store.engine import writing
from provider.store.image_rows import NEVER, storable
from provider.store.inserts import insert_missing
from provider.store.json_dataclasses import dumped
from provider.store.tables import SortableText, UtcTime, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", SortableText, primary_key=True),
    Column("kind", SortableText, nullable=False),
    Column("subject", SortableText, nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("put_at", UtcTime, nullable=False),
    Column("tried", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("receipt", Text),
    Column("problem", Text),
    Column("body", Text, nullable=False),
    Index("outbox_by_turn", "pending", "put_at", "id"),
)


class SqlOutbox:
    """Implements `provider.notifications.ports.Outbox` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, message: Message, now: datetime) -> None:
        """Queue a message; if a message with its id exists and the body differs, the sent message will be updated."""
        values = message_values(message, now)
        changed = {
            "body": values["body"],
            "subject": values["subject"],
            "not_before": NEVER,
            "pending": True,
        }
        other = (outbox.c.id == values["id"]) & (outbox.c.body != values["body"])
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(other).values(**changed, revision=outbox.c.revision + 1))
            insert_missing(connection, outbox, [values], key=("id",))

    def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """Messages to send now, in the order in which they were queued; one that cannot be read is refused."""
        query = (
            select(outbox)
            .where(outbox.c.pending.is_(True), outbox.c.not_before <= now)
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
                    connection.execute(update(outbox).where(outbox.c.id == name).values(refused))

    def trying(self, message: Message) -> None:
        """Record, before sending, that sending may have happened."""
        self._write(message, tried=True)

    def sent(self, message: Message, receipt: str) -> None:
        """Record that this revision has arrived; a newer revision remains pending."""
        newer = outbox.c.revision > message.revision
        self._write(message, receipt=receipt, tried=False, problem=None, pending=newer)

    def postponed(self, message: Message, retry_at: datetime, problem: str) -> None:
        """Record that the message certainly did not arrive, and when to try again."""
        self._write(message, tried=False, not_before=retry_at, problem=storable(problem))

    def refused(self, message: Message, problem: str) -> None:
        """Record that the channel refuses this revision, with the problem; a newer revision remains pending."""
        self._write(message, problem=storable(problem), pending=outbox.c.revision > message.revision)

    def take_up_refused(self) -> None:
        """Make all refused messages pending again."""
        refused = outbox.c.pending.is_(False) & outbox.c.problem.is_not(None)
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(refused).values(pending=True))

    def problems(self) -> Sequence[MessageProblem]:
        """Why messages have not arrived, each reason once, ordered by its oldest message."""
        oldest = func.min(outbox.c.put_at, type_=outbox.c.put_at.type)
        query = select(outbox.c.problem, func.count(), oldest).where(outbox.c.problem.is_not(None))
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(outbox.c.problem).order_by(oldest, outbox.c.problem)).all()
        return [MessageProblem(text, count, since) for text, count, since in rows]

    def forget(self, before: datetime) -> None:
        """Delete messages that were queued before then and have arrived."""
        with writing(self._engine) as connection:
            arrived = outbox.c.pending.is_(False) & outbox.c.problem.is_(None)
            connection.execute(delete(outbox).where(arrived, outbox.c.put_at < before))

    def _write(self, message: Message, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(outbox.c.id == message.id).values(values))


def message_values(message: Message, now: datetime) -> Mapping[str, object]:
    """The row of a new message."""
    return {
        "id": message.id,
        "kind": message.kind.value,
        "subject": storable(message.subject),
        "body": storable(dumped(message.body)),
        "pending": True,
        "not_before": NEVER,
        "put_at": now,
        "tried": False,
        "revision": 1,
        "receipt": None,
        "problem": None,
    }


def _message_of(row: Row[*tuple[Any, ...]]) -> Message:
    body = json.loads(row.body)
    return Message(row.id, MessageKind(row.kind), row.subject, body, row.receipt, row.tried, row.revision)
