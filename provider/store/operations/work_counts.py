"""How often something was done, over all processes and restarts, by kind, name and outcome."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Engine, Table, select

from provider.domain.records.counted import Counted, CountKind
from provider.store.engine import writing
from provider.store.inserts import insert_into
from provider.store.tables import SortableText, metadata

work_counts = Table(
    "work_counts",
    metadata,
    Column("kind", SortableText, primary_key=True),
    Column("name", SortableText, primary_key=True),
    Column("outcome", SortableText, primary_key=True),
    Column("number", BigInteger, nullable=False),
)


class SqlWorkCounts:
    """Implements `provider.operation_ports.WorkCounts` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, counts: Mapping[Counted, int]) -> None:
        """Add to the sums."""
        # In one order, so that two transactions never wait for each other.
        rows = [
            {"kind": each.kind.value, "name": each.name, "outcome": each.outcome, "number": counts[each]}
            for each in sorted(counts)
        ]
        with writing(self._engine) as connection:
            statement = insert_into(connection, work_counts)
            total = work_counts.c.number + statement.excluded.number
            keys = [column.name for column in work_counts.primary_key]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"number": total}), rows)

    def sums(self) -> Mapping[Counted, int]:
        """All sums."""
        with self._engine.connect() as connection:
            return {
                Counted(CountKind(row.kind), row.name, row.outcome): row.number
                for row in connection.execute(select(work_counts))
            }
