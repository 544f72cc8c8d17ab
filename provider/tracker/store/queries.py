"""The filters and sorts of the tracker's lists, as SQL.

Pages are led by keyset: a page begins behind the sort key and the id of the last one's end, so that an index finds it
however deep it is. Ids are found first, by an index alone; the rows of one page are read after that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, func, literal, or_, select, true

from provider.ports import Place
from provider.store.image_rows import storable
from provider.store.tables import UtcTime
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.rows import RELEASE_COLUMNS, REPOSITORY_COLUMNS
from provider.tracker.store.tables import releases, repositories, searched

Sorts = Mapping[str, Column[Any]]
Found = Select[int]

REPOSITORY_ORDERS: Sorts = {
    "name": repositories.c.sorted_name,
    "type": repositories.c.type,
    "dateAdded": repositories.c.date_added,
    "lastPolled": repositories.c.last_polled,
    "latestVersion": repositories.c.latest_order,
    "latestDate": repositories.c.latest_date,
    "state": repositories.c.state,
}
RELEASE_ORDERS: Sorts = {"version": releases.c.version_order, "date": releases.c.date}

of_release = tuple(releases.c[name] for name in RELEASE_COLUMNS)
"""What `release_of` reads."""

with_latest = select(*(repositories.c[name] for name in REPOSITORY_COLUMNS), *of_release).join_from(
    repositories, releases, repositories.c.latest_id == releases.c.id, isouter=True
)
"""What `tracked_of` reads."""


def order(sorts: Sorts, sort: str) -> tuple[ColumnElement[Any], ColumnElement[int]]:
    """How a list is sorted; the id decides between equals, so that pages neither repeat nor leave out.

    Raises:
        ValueError: there is no such field to sort by.
    """
    column = sorts.get(sort.removeprefix("-"))
    if column is None:
        raise ValueError(f"cannot sort by {sort!r}; sort by one of {', '.join(sorts)}, with '-' before it for reverse")
    number = column.table.c.id
    return (column.desc(), number.desc()) if sort.startswith("-") else (column.asc(), number.asc())


def key_of(column: Column[Any], place: Place) -> object:
    """The sort key of a place.

    Raises:
        ValueError: it is none of this column's.
    """
    if not isinstance(column.type, UtcTime):
        return storable(place.key)
    key = datetime.fromisoformat(place.key)
    if key.tzinfo is None:
        raise ValueError(f"{place.key!r} has no time zone, so it is no key of this list")
    return key


def place_of(key: object, number: int) -> Place:
    """The place of a row with this sort key and id."""
    return Place(key.isoformat() if isinstance(key, datetime) else str(key), str(number))


def legs(sorts: Sorts, sort: str, condition: ColumnElement[bool], after: Place | None) -> Sequence[Found]:
    """Ids in their order, from a place on, as queries to be asked one after another.

    Behind a place come first those with the same key and then those with other keys. Asked at once, SQLite would pass
    over all that have the same key, and where a list is sorted by type that is half of it.

    Raises:
        ValueError: there is no such field to sort by, or no such place.
    """
    by = order(sorts, sort)
    column = sorts[sort.removeprefix("-")]
    number = column.table.c.id
    found = select(number).where(condition).order_by(*by)
    if after is None:
        return (found,)
    same, other = _behind(column, after, downwards=sort.startswith("-"))
    return found.where(same), found.where(other)


def whole(sorts: Sorts, sort: str, condition: ColumnElement[bool], after: Place | None) -> Found:
    """The legs as one query: for a condition that leaves few, and costs much to find them.

    Raises:
        ValueError: there is no such field to sort by, or no such place.
    """
    column = sorts[sort.removeprefix("-")]
    found = select(column.table.c.id).where(condition).order_by(*order(sorts, sort))
    return found if after is None else found.where(or_(*_behind(column, after, downwards=sort.startswith("-"))))


def _behind(column: Column[Any], place: Place, *, downwards: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    key, number, last = literal(key_of(column, place), column.type), column.table.c.id, int(place.name)
    if downwards:
        return and_(column == key, number < last), column < key
    return and_(column == key, number > last), column > key


def plain_condition(wanted: RepositoryFilter, *, few: bool) -> ColumnElement[bool]:
    """What the filter says without its text.

    Args:
        wanted: the filter.
        few: few are left, so that the database had better find and sort them. Else it had better go through all in the
            order that is asked for, so these columns are hidden from it: it would sort a hundred thousand for a page.
    """
    order_column = REPOSITORY_ORDERS.get(wanted.sort.removeprefix("-"))
    terms = []
    for column, word in ((repositories.c.type, wanted.type), (repositories.c.state, wanted.state)):
        if word is not None:
            plain = few or column is order_column
            terms.append((column if plain else func.coalesce(column, "")) == word.value)
    return and_(true(), *terms)


def has_words(query: str) -> ColumnElement[bool]:
    """Which rows of `searched` have this text in them."""
    return searched.c.words.contains(storable(query.casefold()), autoescape=True)


def condition_of(wanted: RepositoryFilter) -> ColumnElement[bool]:
    """What the whole filter says; its text is looked for in every repository."""
    if not wanted.query:
        return plain_condition(wanted, few=True)
    with_text = select(searched.c.repository).where(has_words(wanted.query))
    return and_(plain_condition(wanted, few=True), repositories.c.id.in_(with_text))


# Building it anew, and telling that it is the same as the last one, would cost as much as asking.
@cache
def rows_in_order(sort: str) -> Select[*tuple[Any, ...]]:
    """The repositories of a page, given as `ids`, each with its sort key at the end.

    Raises:
        ValueError: there is no such field to sort by.
    """
    in_turn = order(REPOSITORY_ORDERS, sort)
    rows = with_latest.add_columns(REPOSITORY_ORDERS[sort.removeprefix("-")])
    return rows.where(repositories.c.id.in_(bindparam("ids", expanding=True))).order_by(*in_turn)
