"""What the worker cannot use outside of the service, for the web part."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, Integer, Table, Text, delete, insert, select

from provider.operation_ports import OutsideProblem, ProblemDocument
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.tables import UtcTime, metadata

outside_problems = Table(
    "outside_problems",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime),
)


class SqlOutsideProblems:
    """Implements `OutsideProblems` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def replace(self, problems: Sequence[OutsideProblem], at: datetime) -> Sequence[ProblemDocument]:
        """See the port; equal ones write nothing."""
        with self._engine.connect() as connection:
            before = _read(connection)
        since = {_key(each): each.problem.since for each in before}
        dated = [
            replace(each, problem=replace(each.problem, since=since.get(_key(each), at)))
            for each in map(_storable, problems)
        ]
        if dated == before:
            return ()
        with writing(self._engine) as connection:
            connection.execute(delete(outside_problems))
            if dated:
                connection.execute(insert(outside_problems), [_row(*numbered) for numbered in enumerate(dated)])
        return [each.problem for each in dated if _key(each) not in since]

    def problems(self, now: datetime) -> Sequence[ProblemDocument]:
        """Those that have not solved themselves yet."""
        with self._engine.connect() as connection:
            return [each.problem for each in _read(connection) if each.until is None or now < each.until]


def _read(connection: Connection) -> list[OutsideProblem]:
    rows = connection.execute(select(outside_problems).order_by(outside_problems.c.position))
    return [
        OutsideProblem(ProblemDocument(row.kind, "", row.message, row.remedy, row.since, where=row.place), row.until)
        for row in rows
    ]


def _key(each: OutsideProblem) -> tuple[str, str | None]:
    return each.problem.kind, each.problem.where


def _storable(each: OutsideProblem) -> OutsideProblem:
    where = storable(each.problem.where or "")
    return replace(each, problem=replace(each.problem, message=storable(each.problem.message), where=where))


def _row(position: int, each: OutsideProblem) -> dict[str, object]:
    problem = each.problem
    return {
        "position": position,
        "kind": problem.kind,
        "place": problem.where,
        "message": problem.message,
        "remedy": problem.remedy,
        "since": problem.since,
        "until": each.until,
    }
