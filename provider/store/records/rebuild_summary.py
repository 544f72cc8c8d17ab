"""The rebuilds of a period in numbers, counted in the database by queries that read the index of rebuilds alone."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, func, select, true

from catalog.image import Conclusion, RebuildDocument, Status
from provider.domain.records.durations import durations_of
from provider.domain.records.rebuild_times import RebuildTimes
from provider.domain.state import SERVICE
from provider.operation_ports import HistoryFilter, RebuildSummary, SlowRebuild, WaitingImage
from provider.ports import most_first
from provider.store.image_rows import NOT_BEHIND, NOT_TIMED, storable
from provider.store.json_dataclasses import loaded
from provider.store.records.conditions import BETWEEN, history_condition, owned_by, words
from provider.store.tables import image_rebuilds, images

SHOWN = 10
_MOST_REQUESTERS = 20
_MOST_GROUPS = 200
_rebuilds = image_rebuilds.c


def read_summary(connection: Connection, wanted: HistoryFilter) -> RebuildSummary:
    """The numbers of these rebuilds, and which images of the same owner and name are behind."""
    these, waiting = history_condition(image_rebuilds, wanted), _behind(wanted)
    counted = connection.execute(_counts(connection, these)).one()
    behind = connection.execute(select(func.count()).select_from(images).where(waiting)).scalar_one()
    return RebuildSummary(
        counted.total,
        {conclusion: getattr(counted, conclusion.value) for conclusion in Conclusion},
        _requesters(connection, these, counted.service),
        durations_of(_numbers(counted.took)),
        durations_of(_numbers(counted.beyond)),
        _slowest(connection, these),
        behind,
        _longest_behind(connection, waiting),
    )


def _counts(connection: Connection, these: ColumnElement[bool]) -> Any:
    """One row: the numbers, and all times of rebuilds that have times."""
    timed = _rebuilds.took != NOT_TIMED
    return select(
        func.count().label("total"),
        *(
            func.count().filter(_rebuilds.conclusion == conclusion.value).label(conclusion.value)
            for conclusion in Conclusion
        ),
        func.count().filter(_rebuilds.requested_by == SERVICE).label("service"),
        _collected(connection, _rebuilds.took, timed).label("took"),
        _collected(connection, _rebuilds.beyond, timed).label("beyond"),
    ).where(these)


def _collected(connection: Connection, column: Column[int], wanted: ColumnElement[bool]) -> Any:
    """All values in one: a row for each would cost ten times as much."""
    collect = func.array_agg if connection.dialect.name == "postgresql" else func.json_group_array
    return collect(column).filter(wanted)


def _numbers(collected: str | list[int] | None) -> list[int]:
    if isinstance(collected, str):
        numbers: list[int] = json.loads(collected)
        return numbers
    return collected or []


def _requesters(connection: Connection, these: ColumnElement[bool], service: int) -> Mapping[str, int]:
    """Who asked for how many; people ask for few, so what they did not ask for is counted without groups."""
    number = func.count()
    query = (
        select(_rebuilds.requested_by, number)
        .where(and_(these, _rebuilds.requested_by != SERVICE))
        .group_by(_rebuilds.requested_by)
        .order_by(number.desc(), _rebuilds.requested_by)
        .limit(_MOST_GROUPS)
    )
    found: Counter[str] = Counter({SERVICE: service} if service else {})
    for callers, rebuilds in connection.execute(query):
        for caller in callers.split(BETWEEN):
            found[caller] += rebuilds
    return dict(list(most_first(found).items())[:_MOST_REQUESTERS])


def _slowest(connection: Connection, these: ColumnElement[bool]) -> tuple[SlowRebuild, ...]:
    keys = _rebuilds.took.desc(), _rebuilds.image, _rebuilds.id
    named = select(_rebuilds.image, _rebuilds.id).where(and_(these, _rebuilds.took != NOT_TIMED))
    found = named.order_by(*keys).limit(SHOWN).subquery()
    same = and_(found.c.image == _rebuilds.image, found.c.id == _rebuilds.id)
    rows = connection.execute(select(image_rebuilds).join(found, same).order_by(*keys))
    return tuple(map(_slow, rows))


def _slow(row: Row[*tuple[Any, ...]]) -> SlowRebuild:
    times = RebuildTimes(timedelta(seconds=row.took), timedelta(seconds=row.beyond))
    return SlowRebuild(row.image, loaded(RebuildDocument, json.loads(row.document)), times)


def _behind(wanted: HistoryFilter) -> ColumnElement[bool]:
    owners = words(wanted.owner)
    return and_(
        images.c.behind_since < NOT_BEHIND,
        images.c.name.in_(owned_by(owners)) if owners else true(),
        true() if wanted.image is None else images.c.name == storable(wanted.image),
    )


def _longest_behind(connection: Connection, waiting: ColumnElement[bool]) -> tuple[WaitingImage, ...]:
    columns = images.c.name, images.c.owner, images.c.status, images.c.behind_since
    query = select(*columns).where(waiting).order_by(images.c.behind_since, images.c.name).limit(SHOWN)
    return tuple(
        WaitingImage(name, owner, Status(status), since) for name, owner, status, since in connection.execute(query)
    )
