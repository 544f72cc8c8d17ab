"""The entries and leases of the cache in the database, shared by all processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from provider.store.cache_documents import document_of, entry_of, fingerprint_of
from provider.store.engine import writing
from provider.store.inserts import insert_into, upsert
from provider.store.tables import cache_entries, cache_leases
from proxy.cache import CacheEntry, StorageFailed

UNREAD = timedelta(days=7)
NOTED_EVERY = timedelta(hours=1)
MOST_BYTES = 256 * 1024 * 1024
# Deleting old entries reads the whole index, so it runs after this fraction of the space was written, or once an hour.
_CLEANED_FRACTION = 16
_CLEANED_EVERY = timedelta(hours=1)
# Any number that no other lock of this database uses.
_CLEANING_LOCK = 4_107_311_902


class SqlCacheStorage:
    """A `proxy.cache.Storage` in a database that `migrate` has prepared. Thread-safe.

    Entries take at most `most_bytes`, plus up to a sixteenth per writing process. `now` returns the time in UTC.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._engine = engine
        self._now = now
        self._most_bytes = most_bytes
        self._written = 0
        self._cleaned_at: datetime | None = None

    def read(self, key: str) -> CacheEntry | None:
        """See the port. The time of reading is written at most once an hour, so that reads rarely write."""
        name, now = fingerprint_of(key), self._now()
        query = select(cache_entries.c.document, cache_entries.c.body, cache_entries.c.read_at)
        with _failures("read"), self._engine.connect() as connection:
            row = connection.execute(query.where(cache_entries.c.key == name)).one_or_none()
        if row is None or row.read_at < now - UNREAD:
            return None
        if row.read_at <= now - NOTED_EVERY:
            self._record_reading(name, now)
        return entry_of(row.document, row.body)

    def write(self, key: str, entry: CacheEntry) -> None:
        """See the port. From time to time it also deletes entries that were not read for long."""
        name, document = fingerprint_of(key), document_of(entry)
        size = len(name) + len(document) + len(entry.body)
        if size > self._most_bytes:
            self.remove(key)
            return
        row = {"key": name, "read_at": self._now(), "size": size, "document": document, "body": entry.body}
        with _failures("written"):
            with writing(self._engine) as connection:
                upsert(connection, cache_entries, [row])
            self._clean_if_due(size)

    def remove(self, key: str) -> None:
        """See the port."""
        with _failures("written"), writing(self._engine) as connection:
            connection.execute(delete(cache_entries).where(cache_entries.c.key == fingerprint_of(key)))

    def claim(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """See the port. One statement takes the lease or fails; waiting for a lease writes nothing."""
        name = fingerprint_of(key)
        with _failures("written"):
            with self._engine.connect() as connection:
                if _held_by_another(connection, name, holder, now):
                    return False
            with writing(self._engine) as connection:
                return _take(connection, name, holder, now, until)

    def release(self, key: str, holder: str) -> None:
        """See the port."""
        held = (cache_leases.c.key == fingerprint_of(key)) & (cache_leases.c.holder == holder)
        with _failures("written"), writing(self._engine) as connection:
            connection.execute(delete(cache_leases).where(held))

    def _record_reading(self, name: str, now: datetime) -> None:
        reading = update(cache_entries).where(cache_entries.c.key == name).values(read_at=now)
        # A failed record must not fail the read; a database that cannot be written fails at the next write.
        with suppress(SQLAlchemyError), writing(self._engine) as connection:
            connection.execute(reading)

    def _clean_if_due(self, size: int) -> None:
        now = self._now()
        # Concurrent threads may lose a few bytes of this count, or clean twice.
        self._written += size
        due = self._cleaned_at is None or now >= self._cleaned_at + _CLEANED_EVERY
        if due or self._written > self._most_bytes // _CLEANED_FRACTION:
            self._written, self._cleaned_at = 0, now
            with writing(self._engine) as connection:
                _clean(connection, now, self._most_bytes)


@contextmanager
def _failures(done: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The full error would include the statement with the body of the response.
        cause = getattr(error, "orig", None) or error
        raise StorageFailed(f"the cache tables in the database cannot be {done}: {cause}") from error


def _held_by_another(connection: Connection, name: str, holder: str, now: datetime) -> bool:
    query = select(cache_leases.c.holder, cache_leases.c.until).where(cache_leases.c.key == name)
    lease = connection.execute(query).one_or_none()
    return lease is not None and lease.holder != holder and lease.until > now


def _take(connection: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    lease = insert_into(connection, cache_leases).values(key=name, holder=holder, until=until)
    taken = lease.on_conflict_do_update(
        index_elements=["key"],
        set_={"holder": lease.excluded.holder, "until": lease.excluded.until},
        where=or_(cache_leases.c.until <= now, cache_leases.c.holder == lease.excluded.holder),
    ).returning(cache_leases.c.key)
    return connection.execute(taken).one_or_none() is not None


def _clean(connection: Connection, now: datetime, most_bytes: int) -> None:
    """Delete expired leases and unread entries, then the longest unread ones until the size is below the limit."""
    if connection.dialect.name == "postgresql" and not connection.scalar(
        select(func.pg_try_advisory_xact_lock(_CLEANING_LOCK))
    ):
        return
    connection.execute(delete(cache_leases).where(cache_leases.c.until <= now))
    connection.execute(delete(cache_entries).where(cache_entries.c.read_at < now - UNREAD))
    total = connection.scalar(select(func.sum(cache_entries.c.size)))
    if total is None or total <= most_bytes:
        return
    latest_first = (cache_entries.c.read_at.desc(), cache_entries.c.key.desc())
    running = func.sum(cache_entries.c.size).over(order_by=latest_first).label("running")
    sums = select(cache_entries.c.key, running).subquery()
    too_many = select(sums.c.key).where(sums.c.running > most_bytes)
    connection.execute(delete(cache_entries).where(cache_entries.c.key.in_(too_many)))
