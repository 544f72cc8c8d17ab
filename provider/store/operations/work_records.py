"""The work of the worker in numbers: what waits, what was checked, what changed; each number is one query."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select

from catalog.image import Role
from provider.operation_ports import RequestQueue, WorkFigures
from provider.store.operations.check_requests import check_requests
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.webhook_inbox import webhook_deliveries
from provider.store.tables import checks, image_updates, images
from provider.webhook_ports import DeliveryState

_FIRST = "000000"
"""The id of the first digest in each history, which is no change."""


class SqlWorkRecords:
    """Implements `provider.operation_ports.WorkRecords` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people = SqlPersonRequests(engine)

    def figures(self, checked_since: datetime, changed_since: datetime) -> WorkFigures:
        """The numbers now."""
        open_webhooks = webhook_deliveries.c.state == DeliveryState.OPEN.value
        known = checks.join(images, images.c.name == checks.c.name)
        with self._engine.connect() as connection:
            checked, oldest = connection.execute(
                select(
                    func.count().filter(checks.c.at >= checked_since), func.min(checks.c.at, type_=checks.c.at.type)
                ).select_from(known)
            ).one()
            changed = (
                select(images.c.role, func.count())
                .join(image_updates, image_updates.c.image == images.c.name)
                .where(image_updates.c.at >= changed_since, image_updates.c.id > _FIRST)
                .group_by(images.c.role)
            )
            changes = {Role(role): number for role, number in connection.execute(changed)}
            queues = {
                "checks": _queue(connection, check_requests),
                "requests": _of_people(self._people),
                "webhooks": _queue(connection, webhook_deliveries, open_webhooks),
            }
        return WorkFigures(queues, checked, oldest, changes)


def _queue(connection: Connection, table: Table, *wanted: ColumnElement[bool]) -> RequestQueue:
    oldest = func.min(table.c.at, type_=table.c.at.type)
    waiting, since = connection.execute(select(func.count(), oldest).select_from(table).where(*wanted)).one()
    return RequestQueue(waiting, since)


def _of_people(people: SqlPersonRequests) -> RequestQueue:
    asked = people.open()
    return RequestQueue(len(asked), min((request.at for request in asked), default=None))
