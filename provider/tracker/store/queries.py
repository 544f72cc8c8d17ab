"""The filters and sorts of the tracker's lists, as SQL.

Pages use keyset pagination: a page starts after the sort key and id of the last row of the previous page, so an index
finds it at any depth. The ids are selected first, from an index alone; then the rows of the page are read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, exists, func, literal, or_, select, true

from provider.ports import Place
from provider.store.image_rows import storable
from provider.store.tables import UtcTime
from provider.tracker.decisions.deployed.updates import orders_of
from provider.tracker.decisions.news import WantedNumber
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.rows import RELEASE_COLUMNS, REPOSITORY_COLUMNS
from provider.tracker.store.tables import releases, repositories, searched
from provider.tracker.store.version_search import of_same_repository

Sorts = Mapping[str, Column[Any]]
IdQuery = Select[int]

REPOSITORY_ORDERS: Sorts = {
    "name": repositories.c.sorted_name,
    "type": repositories.c.type,
    "dateAdded": repositories.c.date_added,
    "lastPolled": repositories.c.last_polled,
    "latestVersion": repositories.c.latest_order,
    "latestDate": repositories.c.latest_date,
    "state": repositories.c.state,
    "deployed": repositories.c.deployed_order,
}
RELEASE_ORDERS: Sorts = {"version": releases.c.version_order, "date": releases.c.date}

of_release = tuple(releases.c[name] for name in RELEASE_COLUMNS)
"""The columns for `release_of`."""

with_latest = select(*(repositories.c[name] for name in REPOSITORY_COLUMNS), *of_release).join_from(
    repositories, releases, repositories.c.latest_id == releases.c.id, isouter=True
)
"""The columns for `tracked_of`."""


def order(sorts: Sorts, sort: str) -> tuple[ColumnElement[Any], ColumnElement[int]]:
    """The sort order of a list. The id orders equal keys, so that pages neither repeat nor skip rows.

    Raises:
        ValueError: unknown sort field.
    """
    column = sorts.get(sort.removeprefix("-"))
    if column is None:
        raise ValueError(
            f"cannot sort by {sort!r}; sort by one of {', '.join(sorts)}, with '-' before it for descending order"
        )
    number = column.table.c.id
    return (column.desc(), number.desc()) if sort.startswith("-") else (column.asc(), number.asc())


def key_of(column: Column[Any], place: Place) -> object:
    """The sort key of a place.

    Raises:
        ValueError: it is not a key of this column.
    """
    if not isinstance(column.type, UtcTime):
        return storable(place.key)
    key = datetime.fromisoformat(place.key)
    if key.tzinfo is None:
        raise ValueError(f"{place.key!r} has no time zone, so it is not a key of this list")
    return key


def place_of(key: object, number: int) -> Place:
    """The place of a row with this sort key and id."""
    return Place(key.isoformat() if isinstance(key, datetime) else str(key), str(number))


def legs(sorts: Sorts, sort: str, condition: ColumnElement[bool], after: Place | None) -> Sequence[IdQuery]:
    """Queries that together select the ids after a place, in order; run them one after another.

    After a place come the rows with the same key, then the rows with other keys. In a single query, SQLite would scan
    all rows with the same key, which is half of a list that is sorted by type.

    Raises:
        ValueError: unknown sort field, or invalid place.
    """
    by = order(sorts, sort)
    column = sorts[sort.removeprefix("-")]
    number = column.table.c.id
    found = select(number).where(condition).order_by(*by)
    if after is None:
        return (found,)
    same, other = _after(column, after, downwards=sort.startswith("-"))
    return found.where(same), found.where(other)


def whole(sorts: Sorts, sort: str, condition: ColumnElement[bool], after: Place | None) -> IdQuery:
    """The legs as a single query, for a condition that matches few rows and is expensive to evaluate.

    Raises:
        ValueError: unknown sort field, or invalid place.
    """
    column = sorts[sort.removeprefix("-")]
    found = select(column.table.c.id).where(condition).order_by(*order(sorts, sort))
    return found if after is None else found.where(or_(*_after(column, after, downwards=sort.startswith("-"))))


def _after(column: Column[Any], place: Place, *, downwards: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    key, number, last = literal(key_of(column, place), column.type), column.table.c.id, int(place.name)
    if downwards:
        return and_(column == key, number < last), column < key
    return and_(column == key, number > last), column > key


def plain_condition(wanted: RepositoryFilter, *, few: bool) -> ColumnElement[bool]:
    """The condition of the filter without its text.

    Args:
        wanted: the filter.
        few: few rows match, so the database should find and sort them. Otherwise it should scan in sort order, so the
            filter columns are hidden from its planner, which would sort a hundred thousand rows for one page.
    """
    order_column = REPOSITORY_ORDERS.get(wanted.sort.removeprefix("-"))
    terms: list[ColumnElement[bool]] = []
    for column, word in ((repositories.c.type, wanted.type), (repositories.c.state, wanted.state)):
        if word is not None:
            plain = few or column is order_column
            terms.append((column if plain else func.coalesce(column, "")) == word.value)
    if wanted.deployed:
        lowest, above = orders_of(wanted.deployed)
        plain = few or repositories.c.deployed_order is order_column
        its_order = repositories.c.deployed_order if plain else func.coalesce(repositories.c.deployed_order, "")
        terms.append((its_order >= lowest) & (its_order < above))
    return and_(true(), *terms)


def has_words(query: str) -> ColumnElement[bool]:
    """The rows of `searched` that contain this text."""
    return searched.c.words.contains(storable(query.casefold()), autoescape=True)


def condition_of(wanted: RepositoryFilter) -> ColumnElement[bool]:
    """The condition of the whole filter; its text is searched in every repository."""
    if not wanted.query:
        return plain_condition(wanted, few=True)
    matching: ColumnElement[bool] = repositories.c.id.in_(select(searched.c.repository).where(has_words(wanted.query)))
    if version := WantedNumber.of(wanted.query):
        matching = or_(matching, exists(of_same_repository(version, repositories.c.id)))
    return and_(plain_condition(wanted, few=True), matching)


# Building the statement and its cache key each time would cost as much as running it.
@cache
def rows_in_order(sort: str) -> Select[*tuple[Any, ...]]:
    """Select the repositories with the parameter `ids`, in order, each with its sort key as last column.

    Raises:
        ValueError: unknown sort field.
    """
    in_turn = order(REPOSITORY_ORDERS, sort)
    rows = with_latest.add_columns(REPOSITORY_ORDERS[sort.removeprefix("-")])
    return rows.where(repositories.c.id.in_(bindparam("ids", expanding=True))).order_by(*in_turn)
