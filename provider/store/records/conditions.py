"""The filters of histories as SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, func, select, true

from catalog.image import Role
from provider.domain.state import SERVICE
from provider.operation_ports import HistoryFilter
from provider.ports import Words
from provider.store.image_rows import storable
from provider.store.tables import image_rebuilds, images

_BASELINE = "000000"
"""The id of the first digest of a history."""
BETWEEN = ", "
"""What is between several values in the columns `requested_by` and `cve`."""


def history_condition(table: Table, wanted: HistoryFilter) -> ColumnElement[bool]:
    """The rows of `image_rebuilds` or `image_updates` that match a filter."""
    terms: list[ColumnElement[bool]] = []
    if owners := words(wanted.owner):
        terms.append(table.c.image.in_(owned_by(owners)))
    if wanted.image is not None:
        terms.append(table.c.image == storable(wanted.image))
    if wanted.conclusion is not None:
        terms.append(table.c.conclusion == wanted.conclusion.value)
    if wanted.requested_by is not None:
        terms.append(_asked_by(wanted.requested_by))
    if wanted.cve is not None:
        terms += [image_rebuilds.c.cve != "", _has(image_rebuilds.c.cve, wanted.cve)]
    if wanted.moves:
        bases = select(images.c.name).where(images.c.role == Role.BASE.value)
        terms += [table.c.id != _BASELINE, table.c.image.in_(bases)]
    return and_(within(table.c.at, wanted.since, wanted.until), *terms)


def within(column: Column[Any], since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    """Whether a time is in a period."""
    return and_(true() if since is None else column >= since, true() if until is None else column < until)


def owned_by(owners: Sequence[str]) -> Select[str]:
    """The names of images that one of these owners has."""
    # References of entities are ASCII and match in any case, as in Backstage.
    wanted = [func.lower(storable(owner)) for owner in owners]
    return select(images.c.name).where(func.lower(images.c.owner).in_(wanted))


def words(wanted: Words) -> Sequence[str]:
    """The values of which one is enough; empty where all are wanted."""
    return (wanted,) if isinstance(wanted, str) else wanted or ()


def _asked_by(caller: str) -> ColumnElement[bool]:
    """Whether this caller asked for a rebuild; the service, which asks for most of them, never asks with others."""
    column = image_rebuilds.c.requested_by
    if caller.lower() == SERVICE:
        return column == SERVICE
    return and_(column != SERVICE, _has(column, caller))


def _has(column: Column[Any], value: str) -> ColumnElement[bool]:
    """Whether one of the values in a text is this one, in any case."""
    escaped = "".join(f"/{each}" if each in "/%_" else each for each in storable(value))
    pattern = func.lower(f"%{BETWEEN}{escaped}{BETWEEN}%")
    return func.lower(BETWEEN + column + BETWEEN).like(pattern, escape="/")
