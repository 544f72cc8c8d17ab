"""When the Dockerfile of each image was last read. Without this table all are read again."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, Engine, Table, bindparam, delete, func, select

from provider.store.engine import writing
from provider.store.inserts import upsert
from provider.store.tables import SortableText, UtcTime, metadata

read_times = Table(
    "source_read_times",
    metadata,
    Column("image", SortableText, primary_key=True),
    Column("at", UtcTime, nullable=False),
)


class SqlReadTimes:
    """Implements `provider.ports.ReadTimes` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # What the table had when it was read last: the number of rows and the latest time, then all of it. What another
        # process notes is later than that; if not, a Dockerfile is read once more than needed.
        self._known: tuple[tuple[int, datetime | None], Mapping[str, datetime]] | None = None

    def all(self) -> Mapping[str, datetime]:
        """See the port."""
        with self._engine.connect() as connection:
            row = connection.execute(select(func.count(), func.max(read_times.c.at))).one()
            now = row[0], row[1]
            if self._known is None or self._known[0] != now:
                rows = connection.execute(select(read_times.c.image, read_times.c.at))
                self._known = now, {row.image: row.at for row in rows}
            return self._known[1]

    def note(self, images: Collection[str], at: datetime) -> None:
        """See the port."""
        self._known = None
        if images:
            with writing(self._engine) as connection:
                upsert(connection, read_times, [{"image": image, "at": at} for image in images], newer="at")

    def forget(self, images: Collection[str]) -> None:
        """See the port."""
        self._known = None
        if images:
            with writing(self._engine) as connection:
                old = delete(read_times).where(read_times.c.image == bindparam("old"))
                connection.execute(old, [{"old": image} for image in images])
