"""The rebuilds and the digest histories of all images in the database."""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Row, Table, and_, select, true

from catalog.image import RebuildDocument, UpdateDocument
from provider.operation_ports import HistoryFilter, HistoryPage, ImageRebuild, ImageUpdate
from provider.ports import Place
from provider.store.image_rows import storable
from provider.store.json_dataclasses import loaded
from provider.store.newest_first import NewestFirst
from provider.store.tables import image_rebuilds, image_updates, images

Read = TypeVar("Read", ImageRebuild, ImageUpdate)
_REBUILDS = NewestFirst(image_rebuilds, ("image", "id"))
_UPDATES = NewestFirst(image_updates, ("image", "id"))


class SqlImageHistories:
    """Implements `provider.ports.ImageHistories` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rebuilds(
        self, wanted: HistoryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[ImageRebuild]:
        """A page of rebuilds, newest first."""
        return self._page(_REBUILDS, wanted, page, size, after, _rebuild)

    def updates(
        self, wanted: HistoryFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[ImageUpdate]:
        """A page of digests, newest first."""
        return self._page(_UPDATES, wanted, page, size, after, _update)

    def every_rebuild(self, wanted: HistoryFilter) -> Iterator[ImageRebuild]:
        """All these rebuilds, newest first."""
        return map(_rebuild, _REBUILDS.every(self._engine, _condition(image_rebuilds, wanted)))

    def every_update(self, wanted: HistoryFilter) -> Iterator[ImageUpdate]:
        """All these digests, newest first."""
        return map(_update, _UPDATES.every(self._engine, _condition(image_updates, wanted)))

    def _page(
        self,
        rows: NewestFirst,
        wanted: HistoryFilter,
        page: int,
        size: int,
        after: Place | None,
        read: Callable[[Row[*tuple[Any, ...]]], Read],
    ) -> HistoryPage[Read]:
        with self._engine.connect() as connection:
            found, total, end = rows.page(connection, _condition(rows.table, wanted), page, size, after)
        return HistoryPage([read(row) for row in found], total, end)


def _condition(table: Table, wanted: HistoryFilter) -> ColumnElement[bool]:
    terms: list[ColumnElement[bool]] = [true()]
    if wanted.since is not None:
        terms.append(table.c.at >= wanted.since)
    if wanted.until is not None:
        terms.append(table.c.at < wanted.until)
    if wanted.owner is not None:
        owned = select(images.c.name).where(images.c.owner == storable(wanted.owner))
        terms.append(table.c.image.in_(owned))
    if wanted.conclusion is not None:
        terms.append(table.c.conclusion == wanted.conclusion.value)
    return and_(*terms)


def _rebuild(row: Row[*tuple[Any, ...]]) -> ImageRebuild:
    return ImageRebuild(row.image, loaded(RebuildDocument, json.loads(row.document)))


def _update(row: Row[*tuple[Any, ...]]) -> ImageUpdate:
    return ImageUpdate(row.image, loaded(UpdateDocument, json.loads(row.document)))
