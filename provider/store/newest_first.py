"""Reads lists of rows from the newest to the oldest, in pages or as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    String,
    Table,
    and_,
    func,
    literal,
    select,
    true,
    tuple_,
)

from provider.ports import Place
from provider.store.image_rows import storable

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class NewestFirst:
    """A table with a column `at`, whose rows with equal times are ordered by other columns; together they are unique.

    A place in it is the time of a row, and the texts of its other keys with spaces between them, so no text may have
    a space.
    """

    table: Table
    keys: tuple[str, ...]

    def page(
        self, connection: Connection, wanted: ColumnElement[bool], page: int, size: int, after: Place | None
    ) -> tuple[Sequence[Row[*tuple[Any, ...]]], int, Place | None]:
        """The rows of a page, the number of all rows, and where the next page begins.

        Raises:
            ValueError: `after` is not a place in this list, or page or size is less than 1.
        """
        if page < 1 or size < 1:
            raise ValueError(f"page {page} of size {size} does not exist; both must be at least 1")
        following = true() if after is None else self._after(after)
        total = connection.execute(select(func.count()).select_from(self.table).where(wanted)).scalar_one()
        if (page - 1) * size >= total:
            return (), total, None
        # One more than requested shows whether there is a next page.
        found = connection.execute(self._query(and_(wanted, following), size + 1).offset((page - 1) * size)).all()
        return found[:size], total, self._place(found[size - 1]) if len(found) > size else None

    def every(self, engine: Engine, wanted: ColumnElement[bool]) -> Iterator[Row[*tuple[Any, ...]]]:
        """All rows. They are read in parts, with a connection for each: a reader may take long."""
        following: ColumnElement[bool] = true()
        while True:
            with engine.connect() as connection:
                found = connection.execute(self._query(and_(wanted, following), _ROWS_AT_ONCE)).all()
            yield from found
            if len(found) < _ROWS_AT_ONCE:
                return
            following = self._after(self._place(found[-1]))

    def _query(self, wanted: ColumnElement[bool], limit: int) -> Select[*tuple[Any, ...]]:
        order = [column.desc() for column in self._columns]
        return select(self.table).where(wanted).order_by(*order).limit(limit)

    @property
    def _columns(self) -> tuple[Column[Any], ...]:
        return self.table.c.at, *(self.table.c[key] for key in self.keys)

    def _place(self, row: Row[*tuple[Any, ...]]) -> Place:
        return Place(row.at.isoformat(), " ".join(str(getattr(row, key)) for key in self.keys))

    def _after(self, place: Place) -> ColumnElement[bool]:
        at, names = datetime.fromisoformat(place.key), place.name.split(" ")
        if at.tzinfo is None or len(names) != len(self.keys):
            raise ValueError("not a place in this list")
        keys = [self.table.c[key] for key in self.keys]
        values = [
            storable(name) if isinstance(key.type, String) else int(name) for key, name in zip(keys, names, strict=True)
        ]
        there = [literal(value, column.type) for value, column in zip((at, *values), self._columns, strict=True)]
        return tuple_(*self._columns) < tuple_(*there)
