"""The sort orders and counts of the list of images as SQL, and the neighbours of images."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)

from provider.ports import ImageFilter, Place
from provider.store.image_conditions import condition
from provider.store.image_rows import storable
from provider.store.tables import UtcTime, checks, dependencies, images

SORTS: Mapping[str, Column[object]] = {
    "name": images.c.name,
    "role": images.c.role,
    "registry": images.c.registry,
    "repository": images.c.repository,
    "tag": images.c.tag,
    "status": images.c.status,
    "owner": images.c.owner,
    "title": images.c.title,
    "digest": images.c.digest,
    "lastUpdated": images.c.last_updated,
    "lastBuilt": images.c.last_built,
    "attention": images.c.attention,
    "criticality": images.c.criticality,
    "behindSince": images.c.behind_since,
}
"""The fields to sort by, by their API names."""


def facets_query(wanted: ImageFilter) -> Select[str, str, str, str, str, int]:
    """Rows of (role, registry, owner, status, key of the criticality, number of images that have all five)."""
    columns = (images.c.role, images.c.registry, images.c.owner, images.c.status, images.c.criticality)
    return select(*columns, func.count()).where(condition(wanted)).group_by(*columns)


def order(sort: str) -> tuple[ColumnElement[object], ...]:
    """The sort order of a list. The name orders equal keys, so that pages neither repeat nor skip images.

    Raises:
        ValueError: unknown sort field.
    """
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        raise ValueError(
            f"cannot sort by {sort!r}; sort by one of {', '.join(SORTS)}, with '-' before it for descending order"
        )
    columns = (column,) if column is images.c.name else (column, images.c.name)
    return tuple(one.desc() if sort.startswith("-") else one.asc() for one in columns)


def rows_after(sort: str, place: Place) -> ColumnElement[bool]:
    """The rows that come after a place.

    Raises:
        ValueError: the key is not a key of that field.
    """
    order(sort)
    column, name = SORTS[sort.removeprefix("-")], images.c.name
    key = _moment(place.key) if isinstance(column.type, UtcTime) else storable(place.key)
    here = tuple_(column, name)
    there = tuple_(literal(key, column.type), literal(storable(place.name), name.type))
    following: ColumnElement[bool] = here < there if sort.startswith("-") else here > there
    return following


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone, so it is not a key of this list")
    return moment


def page_query(wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Select[str, Any, str]:
    """Rows of (document, sort key, name) for one page and one more row; pages count from 1, or from a place.

    The names are selected first, from an index alone, so that skipped rows are not read.

    Raises:
        ValueError: unknown sort field, or invalid place.
    """
    in_order = order(wanted.sort)
    found = select(images.c.name).where(condition(wanted)).order_by(*in_order)
    if after is not None:
        found = found.where(rows_after(wanted.sort, after))
    names = found.limit(size + 1).offset((page - 1) * size).subquery()
    column = SORTS[wanted.sort.removeprefix("-")]
    rows = select(images.c.document, column.label("key"), images.c.name)
    return rows.join(names, names.c.name == images.c.name).order_by(*in_order)


def neighbours_query(names: Sequence[str]) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of (name, dependent or None, status of the dependent or None, last check or None), sorted."""
    dependents = (
        select(
            dependencies.c.base.label("name"),
            dependencies.c.image.label("dependent"),
            images.c.status.label("status"),
            cast(null(), checks.c.at.type).label("at"),
        )
        .join(images, images.c.name == dependencies.c.image)
        .where(dependencies.c.base.in_(names))
        .distinct()
    )
    last_checks = select(checks.c.name, null(), null(), checks.c.at).where(checks.c.name.in_(names))
    return union_all(dependents, last_checks).order_by("name", "dependent")
