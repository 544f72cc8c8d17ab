"""The image index in the database."""

import dataclasses
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from catalog.image import DependentDocument, Image, Status
from provider.ports import (
    Facets,
    ImageFilter,
    ImageTrouble,
    Neighbours,
    Page,
    Place,
    ReportedProblem,
    StoredCatalog,
    most_first,
)
from provider.store.engine import writing
from provider.store.image_conditions import condition
from provider.store.image_documents import image_of
from provider.store.image_queries import facets_query, neighbours_query, order, page_query
from provider.store.image_replacement import by_name, difference, prints_of, read_stored, write_difference
from provider.store.image_rows import criticality_of, storable
from provider.store.inserts import upsert
from provider.store.operations.reported_problems import read_reported, write_reported
from provider.store.records.image_troubles import read_troubles
from provider.store.tables import catalog_state, checks, images

# Each name is bound twice; SQLite takes 32,766 values in a statement (sqlite.org/limits.html).
_NAMES_IN_A_QUERY = 10_000
_FRAGMENTS_AT_A_TIME = 200


class SqlImageIndex:
    """Implements `provider.ports.ImageIndex` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # The fingerprints of all entities, by name, and the replacement or update that they are of. As bytes: a text of
        # each needs twice the memory.
        self._entities: tuple[str, dict[str, bytes]] = "", {}

    def replace(self, images: Iterable[Image], fragments: Mapping[str, str], over: str | None = None) -> str:
        """Replace all images and their rendered entities (by name) with these; only differences are written.

        Args:
            images: all of them.
            fragments: the entities.
            over: the mark of what may be written over; None: anything.

        Returns:
            What `has` takes: it is true until others write, or rows are lost. Empty: the index has another mark than
            `over`, and nothing was written.

        Raises:
            ValueError: two images have the same name, or a fragment has no image; nothing was written.
        """
        wanted = by_name(images, fragments)
        # Outside the transaction, since it takes long for thousands of images.
        prints = prints_of(wanted, fragments)
        with writing(self._engine) as connection:
            _wait_for_other_writers(connection)
            if over is not None and _mark(connection) != over:
                return ""
            found = difference(read_stored(connection), prints)
            write_difference(connection, found, wanted, fragments)
            written = _marked(connection)
        self._entities = written, {name: bytes.fromhex(made) for name, made in found.entities.items()}
        return written

    def update(
        self, written: str, images: Iterable[Image], fragments: Mapping[str, str], gone: Collection[str]
    ) -> str | None:
        """Replace these images and their entities, and remove those of `gone`; only differences are written.

        Returns:
            What `has` takes; None: `written` does not hold any more, and nothing was written.

        Raises:
            ValueError: two images have the same name, or a fragment has no image; nothing was written.
        """
        wanted = by_name(images, fragments)
        prints = prints_of(wanted, fragments)
        with writing(self._engine) as connection:
            _wait_for_other_writers(connection)
            known, entities = self._entities
            if known != written or _mark(connection) != written:
                return None
            others = {name: made.hex() for name, made in entities.items() if name not in wanted and name not in gone}
            found = difference(read_stored(connection, {*wanted, *gone}), prints, others)
            write_difference(connection, found, wanted, fragments)
            written = _marked(connection)
        self._entities = written, {name: bytes.fromhex(made) for name, made in found.entities.items()}
        return written

    def has(self, written: str) -> bool:
        """Whether the index still is what this replacement or update left: no other writer, no older database."""
        return self.mark() == written

    def mark(self) -> str:
        """What `has` would take of whoever wrote the index last; another one where rows were lost since."""
        with self._engine.connect() as connection:
            return _mark(connection)

    def checked(self, names: Iterable[str], at: datetime) -> None:
        """Record when these images were checked; an older check never replaces a newer one."""
        rows = [{"name": name, "at": at} for name in sorted(set(names))]
        if not rows:
            return
        with writing(self._engine) as connection:
            upsert(connection, checks, rows, newer="at")

    def image(self, name: str) -> Image | None:
        """One image with its history; None if it does not exist."""
        query = select(images.c.document, images.c.histories).where(images.c.name == storable(name))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else image_of(row.document, row.histories)

    def outline(self, name: str) -> Image | None:
        """One image without its histories; None if it does not exist."""
        query = select(images.c.document).where(images.c.name == storable(name))
        with self._engine.connect() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return None if document is None else image_of(document)

    def neighbours(self, names: Sequence[str]) -> Mapping[str, Neighbours]:
        """The dependents and last checks of several images in one query; the result has every requested name."""
        dependents: dict[str, list[DependentDocument]] = {name: [] for name in names}
        last_checks: dict[str, datetime] = {}
        with self._engine.connect() as connection:
            for name, dependent, status, checked_at in _neighbour_rows(connection, list(dependents)):
                if dependent is not None and status is not None:
                    dependents[name].append(DependentDocument(dependent, Status(status)))
                if checked_at is not None:
                    last_checks[name] = checked_at
        return {name: Neighbours(tuple(found), last_checks.get(name)) for name, found in dependents.items()}

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:
        """A page of images without histories; pages count from 1, or from a place. Past the end it is empty.

        Raises:
            ValueError: unknown sort field, invalid place, or page or size is less than 1.
        """
        if page < 1 or size < 1:
            raise ValueError(f"page {page} of size {size} does not exist; both must be at least 1")
        order(wanted.sort)
        with self._engine.connect() as connection:
            counted = select(func.count()).select_from(images).where(condition(wanted))
            total = connection.execute(counted).scalar_one()
            if (page - 1) * size >= total:
                return Page((), total)
            # One more than requested shows whether there is a next page.
            size = min(size, total)
            rows = connection.execute(page_query(wanted, page, size, after)).all()
        return Page(tuple(image_of(row.document) for row in rows[:size]), total, _end(rows, size))

    def count_by_status(self) -> Mapping[str, int]:
        """The number of images with each status; the result has every status."""
        query = select(images.c.status, func.count()).group_by(images.c.status)
        with self._engine.connect() as connection:
            counts = Counter({row[0]: row[1] for row in connection.execute(query)})
        return {status.value: counts[status.value] for status in Status}

    def facets(self, wanted: ImageFilter) -> Facets:
        """The values that the images of a filter have, most images first, in one query."""
        counts: tuple[Counter[str], ...] = tuple(Counter() for _ in dataclasses.fields(Facets))
        with self._engine.connect() as connection:
            for *values, number in connection.execute(facets_query(wanted)):
                for count, value in zip(counts, values, strict=True):
                    count[value] += number
        roles, registries, owners, statuses, keys = map(most_first, counts)
        criticalities = {word: number for key, number in keys.items() if (word := criticality_of(key))}
        return Facets(roles, registries, owners, statuses, criticalities)

    def catalog_tag(self) -> str:
        """An opaque text that changes exactly when an entity changes; equal entities have equal tags."""
        with self._engine.connect() as connection:
            tag: str = connection.execute(select(catalog_state.c.tag)).scalar_one()
        return tag

    def fragments(self) -> Sequence[str]:
        """The rendered entities, ordered by name."""
        query = select(images.c.fragment).where(images.c.fragment.is_not(None)).order_by(images.c.name)
        with self._engine.connect() as connection:
            return connection.execute(query).scalars().all()

    @contextmanager
    def read_catalog(self) -> Iterator[StoredCatalog]:
        """Read the rendered entities some at a time, with the tag that exactly they have."""
        # One statement, because on PostgreSQL a second one would see what was written in between. The condition on the
        # number says that there is one row, so that the entities need not be sorted.
        query = (
            select(catalog_state.c.tag, images.c.fragment)
            .select_from(catalog_state.outerjoin(images, images.c.fragment.is_not(None)))
            .where(catalog_state.c.id == 1)
            .order_by(images.c.name)
        )
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=_FRAGMENTS_AT_A_TIME).execute(query)
            first = next(rows)
            # Without an entity there is one row without one.
            yield StoredCatalog(first.tag, (row.fragment for row in chain([first], rows) if row.fragment is not None))

    def fragment(self, name: str) -> str | None:
        """One rendered entity."""
        query = select(images.c.fragment).where(images.c.name == storable(name))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def troubles(self) -> Sequence[ImageTrouble]:
        """What is wrong with the images whose status is error or failed, by name, in one query."""
        with self._engine.connect() as connection:
            return read_troubles(connection)

    def owners(self, names: Collection[str]) -> Mapping[str, str]:
        """The owners of these images, by name; names of no image are missing."""
        wanted = sorted({storable(name) for name in names})
        found: dict[str, str] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), _NAMES_IN_A_QUERY):
                some = images.c.name.in_(wanted[start : start + _NAMES_IN_A_QUERY])
                found |= {
                    row.name: row.owner for row in connection.execute(select(images.c.name, images.c.owner).where(some))
                }
        return found

    def report(self, problems: Sequence[ReportedProblem], at: datetime) -> None:
        """Replace the problems of the config repository; one that was there before keeps its `since`."""
        with writing(self._engine) as connection:
            write_reported(connection, problems, at)

    def reported(self) -> Sequence[ReportedProblem]:
        """The problems of the config repository, in the order in which they were reported."""
        with self._engine.connect() as connection:
            return read_reported(connection)


def _end(rows: Sequence[Row[str, Any, str]], size: int) -> Place | None:
    if len(rows) <= size:
        return None
    last = rows[size - 1]
    return Place(last.key.isoformat() if isinstance(last.key, datetime) else last.key, last.name)


def _mark(connection: Connection) -> str:
    """What the last writer left, and the number of images: lost rows are noticed too."""
    number = select(func.count()).select_from(images).scalar_subquery()
    found = connection.execute(select(catalog_state.c.written, number)).one_or_none()
    return f"{found[0]} {found[1]}" if found else ""


def _marked(connection: Connection) -> str:
    """A new mark."""
    connection.execute(update(catalog_state).values(written=secrets.token_hex(8)))
    return _mark(connection)


def _wait_for_other_writers(connection: Connection) -> None:
    """On PostgreSQL, keep two replacements from mixing; SQLite has one writer at a time anyway."""
    connection.execute(select(catalog_state.c.id).with_for_update()).all()


def _neighbour_rows(
    connection: Connection, names: Sequence[str]
) -> Iterator[tuple[str, str | None, str | None, datetime | None]]:
    for start in range(0, len(names), _NAMES_IN_A_QUERY):
        for row in connection.execute(neighbours_query(names[start : start + _NAMES_IN_A_QUERY])):
            yield row.name, row.dependent, row.status, row.at
