"""What is open in the queues of the worker, in one query: the worker asks twice a second."""

from sqlalchemy import Engine, func, select

from provider.operation_ports import OpenWork
from provider.store.operations.check_requests import EVERYTHING, check_requests


class SqlOpenWork:
    """Asks a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        names = check_requests.c.names
        self._engine = engine
        self._query = select(
            select(check_requests.c.id).where(names != EVERYTHING).exists().label("named"),
            select(func.max(check_requests.c.id)).where(names == EVERYTHING).scalar_subquery().label("whole"),
        )

    def __call__(self) -> OpenWork:
        """What is open now."""
        with self._engine.connect() as connection:
            row = connection.execute(self._query).one()
        return OpenWork(bool(row.named), row.whole)
