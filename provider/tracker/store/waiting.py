"""Announcements of new releases that wait to go out, alone or together."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, Text, delete, func, select

from provider.notifications.message import Message, MessageKind
from provider.notifications.ports import MAIN_QUEUE
from provider.store.engine import writing
from provider.store.inserts import insert_missing
from provider.store.outbox import message_values, outbox, put_messages
from provider.store.tables import SortableText, UtcTime, metadata
from provider.tracker.decisions.announcements.grouping import (
    BURST,
    WaitingAnnouncement,
    due_announcements,
    last_summary,
    without_notes,
)

waiting_announcements = Table(
    "waiting_announcements",
    metadata,
    Column("id", SortableText, primary_key=True),
    Column("subject", SortableText, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("body", Text, nullable=False),
)


class WaitingAnnouncements:
    """Puts the announcements that are due into the outbox.

    Args:
        engine: of a database that `migrate` has prepared.
        summary_at: the time of the day, in UTC, of the one summary a day; None: no summary.
    """

    def __init__(self, engine: Engine, summary_at: time | None) -> None:
        self._engine = engine
        self._summary_at = summary_at

    def put_due(self, now: datetime) -> None:
        """Queue what is due; called every second, and mostly there is nothing."""
        before = now if self._summary_at is None else last_summary(now, self._summary_at)
        some = select(waiting_announcements.c.id).where(waiting_announcements.c.found_at < before).limit(1)
        with self._engine.connect() as connection:
            if connection.execute(some).first() is None:
                return
        with writing(self._engine) as connection:
            put_due(connection, now, self._summary_at)


def announce(connection: Connection, messages: Sequence[tuple[Message, datetime]], summary_at: time | None) -> None:
    """Queue the announcements of polls, or let them wait; other queues than the channel's get each of them at once."""
    if not messages:
        return
    values = [message_values(message, at) for message, at in messages]
    put_messages(connection, values, wanted=lambda queue: queue != MAIN_QUEUE)
    known = select(outbox.c.id).where(outbox.c.queue == MAIN_QUEUE, outbox.c.id.in_([each["id"] for each in values]))
    sent = set(connection.scalars(known))
    if summary_at is not None:
        values = [message_values(without_notes(message), at) for message, at in messages]
    rows = [_row(each) for each in values if each["id"] not in sent]
    insert_missing(connection, waiting_announcements, rows, key=("id",))
    if summary_at is None:
        put_due(connection, max(at for _, at in messages), None)


def put_due(connection: Connection, now: datetime, summary_at: time | None) -> None:
    """Queue what is due in a transaction of the caller."""
    table = waiting_announcements
    rows = connection.execute(select(table).order_by(table.c.found_at, table.c.id).with_for_update()).all()
    if not rows:
        return
    waiting = [
        WaitingAnnouncement(Message(row.id, MessageKind.RELEASES, row.subject, json.loads(row.body)), row.found_at)
        for row in rows
    ]
    due = due_announcements(now, waiting, _sent(connection, now), summary_at)
    put_messages(connection, [message_values(*each) for each in due.messages], wanted=lambda queue: queue == MAIN_QUEUE)
    if due.ids:
        connection.execute(delete(table).where(table.c.id.in_(due.ids)))


def _sent(connection: Connection, now: datetime) -> int:
    """How many repositories got a message of their own a short time ago."""
    query = select(func.count()).where(
        outbox.c.queue == MAIN_QUEUE, outbox.c.kind == MessageKind.RELEASES.value, outbox.c.put_at > now - BURST
    )
    return connection.execute(query).scalar_one()


def _row(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": values["id"], "subject": values["subject"], "found_at": values["put_at"], "body": values["body"]}
