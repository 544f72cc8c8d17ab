"""Requests for checks, on their way from the web part to the worker."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Engine, Integer, Table, Text, delete, insert, select

from provider.operation_ports import CheckRequest
from provider.store.engine import writing
from provider.store.tables import UtcTime, metadata

EVERYTHING = "[]"
"""The names of a request for a check of everything."""

check_requests = Table(
    "check_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("names", Text, nullable=False),
    sqlite_autoincrement=True,
)


class SqlCheckRequests:
    """Implements `provider.ports.CheckRequests` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, names: Sequence[str], at: datetime) -> None:
        """Store a request; one for the same names that is still open is enough."""
        text = json.dumps(sorted(set(names)))
        with writing(self._engine) as connection:
            known = connection.execute(select(check_requests.c.id).where(check_requests.c.names == text)).first()
            if known is None:
                connection.execute(insert(check_requests).values(at=at, names=text))

    def open(self) -> Sequence[CheckRequest]:
        """The requests that are not done, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(check_requests).order_by(check_requests.c.id)).all()
        return [CheckRequest(row.id, row.at, tuple(json.loads(row.names))) for row in rows]

    def done(self, requests: Sequence[CheckRequest]) -> None:
        """Remove these requests."""
        if requests:
            with writing(self._engine) as connection:
                ids = [request.id for request in requests]
                connection.execute(delete(check_requests).where(check_requests.c.id.in_(ids)))
