"""What is left of the requests that all processes together may send to a host."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    Engine,
    Executable,
    Table,
    bindparam,
    case,
    extract,
    func,
)
from sqlalchemy.dialects import postgresql, sqlite

from provider.store.engine import writing
from provider.store.tables import SortableText, metadata
from proxy.http.budgets.allowance import Bucket, Rate

host_allowances = Table(
    "host_allowances",
    metadata,
    Column("host", SortableText, primary_key=True),
    Column("left_over", Double, nullable=False),
    Column("at", Double, nullable=False),
)


class SqlHostAllowances:
    """Takes requests out of a row for each host, in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, host: str, rate: Rate, now: datetime) -> Bucket:
        """Take one request to a host.

        Raises:
            SQLAlchemyError, ProviderError: the database cannot be used now.
        """
        values = {"host": host, "burst": float(rate.burst), "per_second": rate.per_second, "now": now.timestamp()}
        with _one_statement(self._engine) as connection:
            return Bucket(*connection.execute(_taking(connection.dialect.name), values).one())


@contextmanager
def _one_statement(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with writing(engine) as connection:
            yield connection
        return
    # A process that is stopped between a statement and its commit holds the row, and so every other process.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@cache
def _taking(dialect: str) -> Executable:
    burst, per_second = bindparam("burst", type_=Double), bindparam("per_second", type_=Double)
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(host_allowances)
    values = {"host": bindparam("host"), "left_over": burst - 1.0, "at": _moment(dialect)}
    new, known = insert.excluded, host_allowances.c
    # The time of a row that waited for another one's is the earlier one, and adds nothing.
    gained = case((new.at > known.at, (new.at - known.at) * per_second), else_=0.0)
    filled = known.left_over + gained
    left = case((filled < burst, filled), else_=burst) - 1.0
    taken = insert.values(values).on_conflict_do_update(
        index_elements=[known.host], set_={"left_over": left, "at": new.at}
    )
    return taken.returning(known.left_over, known.at)


def _moment(dialect: str) -> ColumnElement[Any]:
    """Seconds since 1970: by the server's clock, because the clocks of machines differ; a file is on one machine."""
    if dialect == "postgresql":
        return extract("epoch", func.clock_timestamp()).cast(Double)
    return bindparam("now", type_=Double)
