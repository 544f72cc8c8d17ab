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
    Column("tokens", Double, nullable=False),
    Column("at", Double, nullable=False),
)


# No number of processes owes so many requests at a time; such a row is damaged.
_MOST_OWED = 1_000
# Of one clock, times go back by less; a clock that goes back by more was set back.
_SET_BACK_SECONDS = 5.0


class SqlHostAllowances:
    """Takes requests out of a row for each host, in a database that `migrate` has prepared.

    Args:
        engine: of `open_quick_engine`.
    """

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
    # A process that is stopped between a statement and its commit keeps the row locked, and every other one waits.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@cache
def _taking(dialect: str) -> Executable:
    burst, per_second = bindparam("burst", type_=Double), bindparam("per_second", type_=Double)
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(host_allowances)
    values = {"host": bindparam("host"), "tokens": burst - 1.0, "at": _moment(dialect)}
    new, known = insert.excluded, host_allowances.c
    # A statement that has waited for the row has an older time than the row. What was counted is not counted again.
    later = case((known.at.between(new.at, new.at + _SET_BACK_SECONDS), known.at), else_=new.at)
    gained = case((new.at > known.at, (new.at - known.at) * per_second), else_=0.0)
    filled = case((known.tokens.between(-float(_MOST_OWED), burst), known.tokens + gained), else_=burst)
    tokens = case((filled < burst, filled), else_=burst) - 1.0
    taken = insert.values(values).on_conflict_do_update(
        index_elements=[known.host], set_={"tokens": tokens, "at": later}
    )
    return taken.returning(known.tokens, known.at)


def _moment(dialect: str) -> ColumnElement[Any]:
    """Seconds since 1970: by the server's clock, because the clocks of machines differ; a file is on one machine."""
    if dialect == "postgresql":
        return extract("epoch", func.clock_timestamp()).cast(Double)
    return bindparam("now", type_=Double)
