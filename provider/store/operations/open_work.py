"""What is open in the queues of the worker, in one query: the worker asks twice a second."""

from sqlalchemy import Column, ColumnElement, Engine, ScalarSelect, func, select

from provider.operation_ports import OpenWork
from provider.store.operations.check_requests import EVERYTHING, check_requests
from provider.store.operations.person_requests import person_requests
from provider.store.operations.webhook_inbox import webhook_deliveries
from provider.webhook_ports import DeliveryState


class SqlOpenWork:
    """Asks a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        requests, deliveries, people = check_requests.c, webhook_deliveries.c, person_requests.c
        self._engine = engine
        self._query = select(
            _newest(requests.id, requests.names == EVERYTHING),
            *_ends(requests.id, requests.names != EVERYTHING),
            *_ends(deliveries.id, deliveries.state == DeliveryState.OPEN.value),
            *_ends(people.position, people.closed_at.is_(None)),
        )

    def __call__(self) -> OpenWork:
        """What is open now."""
        with self._engine.connect() as connection:
            whole, *ends = connection.execute(self._query).one()
        return OpenWork(tuple(zip(ends[::2], ends[1::2], strict=True)), whole)


def _ends(number: Column[int], condition: ColumnElement[bool]) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    return select(func.min(number)).where(condition).scalar_subquery(), _newest(number, condition)


def _newest(number: Column[int], condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.max(number)).where(condition).scalar_subquery()
