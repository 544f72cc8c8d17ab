"""The rebuilds and the digest histories of all images in the database."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import Engine, Row, func, select

from catalog.image import RebuildDocument, UpdateDocument
from provider.operation_ports import HistoryFilter, HistoryPage, ImageRebuild, ImageUpdate, RebuildSummary
from provider.ports import Place
from provider.store.image_rows import storable
from provider.store.json_dataclasses import loaded
from provider.store.newest_first import NewestFirst
from provider.store.records.conditions import history_condition
from provider.store.records.rebuild_summary import read_summary
from provider.store.tables import dependencies, image_rebuilds, image_updates

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
        return map(_rebuild, _REBUILDS.every(self._engine, history_condition(image_rebuilds, wanted)))

    def every_update(self, wanted: HistoryFilter) -> Iterator[ImageUpdate]:
        """All these digests, newest first."""
        return map(_update, _UPDATES.every(self._engine, history_condition(image_updates, wanted)))

    def summary(self, wanted: HistoryFilter) -> RebuildSummary:
        """These rebuilds in numbers, and which of these images are behind, by five queries."""
        with self._engine.connect() as connection:
            return read_summary(connection, wanted)

    def dependents(self, names: Collection[str]) -> Mapping[str, int]:
        """How many images directly depend on each of these images, in one query."""
        base, number = dependencies.c.base, func.count(dependencies.c.image.distinct())
        query = select(base, number).where(base.in_(sorted(map(storable, names)))).group_by(base)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

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
            found, total, end = rows.page(connection, history_condition(rows.table, wanted), page, size, after)
        return HistoryPage([read(row) for row in found], total, end)


def _rebuild(row: Row[*tuple[Any, ...]]) -> ImageRebuild:
    return ImageRebuild(row.image, loaded(RebuildDocument, json.loads(row.document)))


def _update(row: Row[*tuple[Any, ...]]) -> ImageUpdate:
    return ImageUpdate(row.image, loaded(UpdateDocument, json.loads(row.document)))
