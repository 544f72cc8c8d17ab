"""The workers that live, for each other."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Double, Engine, Table, delete, extract, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.engine import writing
from provider.store.tables import SortableText, metadata

live_workers = Table(
    "live_workers",
    metadata,
    Column("worker", SortableText, primary_key=True),
    Column("until", Double, nullable=False),
)


class SqlLiveWorkers:
    """A row for each worker, in a database that `migrate` has prepared; times are those of PostgreSQL's clock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def seen(self, worker: str, lease: timedelta, now: datetime) -> frozenset[str]:
        """Note that this worker lives; returns all whose lease has not ended.

        Raises:
            SQLAlchemyError, ProviderError: the database cannot be used now.
        """
        with writing(self._engine) as connection:
            dialect = connection.dialect.name
            insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(live_workers)
            moment = _moment(dialect, now)
            known = live_workers.c
            sign = insert.values(worker=worker, until=moment + lease.total_seconds())
            connection.execute(
                sign.on_conflict_do_update(index_elements=[known.worker], set_={"until": insert.excluded.until})
            )
            connection.execute(delete(live_workers).where(known.until <= moment))
            return frozenset(connection.scalars(select(known.worker)))

    def gone(self, worker: str) -> None:
        """Note that this worker ends.

        Raises:
            SQLAlchemyError, ProviderError: the database cannot be used now.
        """
        with writing(self._engine) as connection:
            connection.execute(delete(live_workers).where(live_workers.c.worker == worker))


def _moment(dialect: str, now: datetime) -> ColumnElement[float]:
    """Seconds since 1970: by the server's clock, because the clocks of machines differ; a file is on one machine."""
    if dialect == "postgresql":
        return extract("epoch", func.clock_timestamp()).cast(Double)
    return literal(now.timestamp(), Double)
