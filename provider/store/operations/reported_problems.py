"""The problems of the config repository, as the last round found them."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Column, Connection, Integer, String, Table, Text, delete, insert, select

from provider.ports import ReportedProblem
from provider.store.image_rows import storable
from provider.store.tables import SortableText, UtcTime, metadata

reported_problems = Table(
    "reported_problems",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    # Equal for one problem while its file is edited elsewhere.
    Column("key", String, nullable=False),
    Column("name", SortableText, nullable=False),
    Column("text", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("file", Text),
    Column("line", Integer),
    Column("field", Text),
    Column("since", UtcTime, nullable=False),
    # Names of images, as JSON.
    Column("removes", Text, nullable=False, server_default="[]"),
)
_DIGITS = re.compile(r"\d+")


def write_reported(connection: Connection, problems: Sequence[ReportedProblem], at: datetime) -> None:
    """Replace the problems; one that was there before keeps its `since`. Equal ones write nothing."""
    stored = connection.execute(select(reported_problems.c.key, reported_problems.c.since)).all()
    since = {row.key: row.since for row in stored}
    dated = [replace(_storable(problem), since=since.get(_key(problem), at)) for problem in problems]
    if dated == read_reported(connection):
        return
    connection.execute(delete(reported_problems))
    rows = [_row(position, problem) for position, problem in enumerate(dated)]
    if rows:
        connection.execute(insert(reported_problems), rows)


def read_reported(connection: Connection) -> list[ReportedProblem]:
    """The problems, in their order."""
    rows = connection.execute(select(reported_problems).order_by(reported_problems.c.position))
    return [
        ReportedProblem(
            row.name, row.text, row.message, row.file, row.line, row.field, row.since, tuple(json.loads(row.removes))
        )
        for row in rows
    ]


def _key(problem: ReportedProblem) -> str:
    return sha256(_DIGITS.sub("", f"{problem.name} {storable(problem.text)}").encode()).hexdigest()


def _storable(problem: ReportedProblem) -> ReportedProblem:
    return replace(problem, name=storable(problem.name), text=storable(problem.text), message=storable(problem.message))


def _row(position: int, problem: ReportedProblem) -> dict[str, object]:
    return {
        "position": position,
        "key": _key(problem),
        "name": problem.name,
        "text": problem.text,
        "message": problem.message,
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "since": problem.since,
        "removes": json.dumps(problem.removes),
    }
