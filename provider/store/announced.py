"""What was announced about images, stored as one document in one row."""

import json

from sqlalchemy import Column, Engine, Integer, Table, Text, select

from provider.notifications.image_messages import Announced
from provider.store.engine import writing
from provider.store.image_rows import storable
from provider.store.inserts import upsert
from provider.store.json_dataclasses import dumped, loaded
from provider.store.tables import metadata

announced = Table(
    "told_news",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)
_THE_ROW = 1


class SqlAnnouncedStore:
    """Implements `provider.notifications.announcing.AnnouncedStore` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Each round reads it, and it has a mark for each image.
        self._known: tuple[str, Announced] | None = None

    def read(self) -> Announced | None:
        """What was announced, the same object until something else is; None before the first round."""
        with self._engine.connect() as connection:
            document = connection.scalar(select(announced.c.document).where(announced.c.id == _THE_ROW))
        if document is None:
            return None
        if self._known is None or self._known[0] != document:
            self._known = document, loaded(Announced, json.loads(document))
        return self._known[1]

    def write(self, document: Announced) -> None:
        """Replace what is stored."""
        with writing(self._engine) as connection:
            upsert(connection, announced, [{"id": _THE_ROW, "document": storable(dumped(document))}])
