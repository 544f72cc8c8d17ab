"""Requests with a key, and their answers, so that a request that is sent again has no second effect."""

from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from provider.enrolling_ports import KeyedAnswer, KeyedRequest, KeyState
from provider.store.engine import writing
from provider.store.tables import UtcTime, metadata

KEPT_FOR = timedelta(days=1)
"""How long an answer is repeated."""

RUNNING_FOR = timedelta(minutes=5)
"""A request that began longer ago and has no answer was interrupted, by a crash: it may be tried again."""

keyed_requests = Table(
    "keyed_requests",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("body", Text),
)


class SqlKeyedRequests:
    """Implements `provider.enrolling_ports.KeyedRequests` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, request: KeyedRequest, at: datetime) -> KeyedAnswer | KeyState:
        """The answer that the request got before; without one it begins now, unless it is running elsewhere."""
        try:
            with writing(self._engine) as connection:
                return _begun(connection, request, at)
        except IntegrityError:
            # Another process has begun it between our two statements.
            return KeyState.RUNNING

    def answered(self, request: KeyedRequest, answer: KeyedAnswer) -> None:
        """Store the answer to a request that has begun."""
        with writing(self._engine) as connection:
            statement = update(keyed_requests).where(_same(request))
            connection.execute(statement.values(status=answer.status, body=answer.body))

    def forget(self, request: KeyedRequest) -> None:
        """Forget a request that has begun and had no effect."""
        with writing(self._engine) as connection:
            connection.execute(delete(keyed_requests).where(_same(request)))


def _begun(connection: Connection, request: KeyedRequest, at: datetime) -> KeyedAnswer | KeyState:
    known = connection.execute(select(keyed_requests).where(_same(request))).first()
    if known and known.at > at - (RUNNING_FOR if known.status is None else KEPT_FOR):
        if known.digest != request.digest:
            return KeyState.OTHER
        return KeyState.RUNNING if known.status is None else KeyedAnswer(known.status, known.body)
    connection.execute(delete(keyed_requests).where(_same(request) | (keyed_requests.c.at < at - KEPT_FOR)))
    values = {"caller": request.caller, "key": request.key, "digest": request.digest, "at": at}
    connection.execute(insert(keyed_requests).values(values))
    return KeyState.BEGUN


def _same(request: KeyedRequest) -> ColumnElement[bool]:
    return and_(keyed_requests.c.caller == request.caller, keyed_requests.c.key == request.key)
