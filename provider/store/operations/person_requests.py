"""What people ask for, on its way from the web part to the worker; requests that ended stay, with their outcomes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Engine, Index, Integer, Row, String, Table, Text, insert, select, update

from provider.domain.asking.request import Outcome, PersonRequest
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.json_dataclasses import dumped, loaded
from provider.store.tables import SortableText, UtcTime, metadata

person_requests = Table(
    "person_requests",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", SortableText, nullable=False),
    # The request as JSON.
    Column("document", Text, nullable=False),
    Column("closed_at", UtcTime),
    Column("outcome", Text),
    Index("person_requests_by_closed_at", "closed_at", "position"),
    sqlite_autoincrement=True,
)


class SqlPersonRequests:
    """Implements `provider.operation_ports.PersonRequests` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, request: PersonRequest) -> None:
        """Store a request."""
        with writing(self._engine) as connection:
            known = connection.execute(select(person_requests.c.id).where(person_requests.c.id == request.id)).first()
            if known is None:
                values = {"id": request.id, "name": request.name, "document": storable(dumped(request))}
                connection.execute(insert(person_requests).values(values))

    def open(self, name: str | None = None) -> Sequence[PersonRequest]:
        """The requests without an outcome, the oldest first."""
        wanted = select(person_requests.c.document).where(person_requests.c.closed_at.is_(None))
        if name is not None:
            wanted = wanted.where(person_requests.c.name == name)
        with self._engine.connect() as connection:
            return [_request(row) for row in connection.execute(wanted.order_by(person_requests.c.position))]

    def close(self, outcomes: Mapping[str, Outcome], at: datetime) -> None:
        """Note how requests ended."""
        if not outcomes:
            return
        with writing(self._engine) as connection:
            for request_id, outcome in outcomes.items():
                row = person_requests.c.id == request_id
                text = storable(dumped(outcome))
                connection.execute(update(person_requests).where(row).values(closed_at=at, outcome=text))

    def outcome(self, request_id: str) -> Outcome | None:
        """How a request ended."""
        with self._engine.connect() as connection:
            wanted = select(person_requests.c.outcome).where(person_requests.c.id == request_id)
            text = connection.execute(wanted).scalar_one_or_none()
        return None if text is None else loaded(Outcome, json.loads(text))


def _request(row: Row[*tuple[Any, ...]]) -> PersonRequest:
    return loaded(PersonRequest, json.loads(row.document))
