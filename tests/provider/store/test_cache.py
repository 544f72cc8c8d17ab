"""Tests of the SQL statements of the cache; its behaviour is in tests/contracts/test_cache_storage.py."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text

from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine, writing
from provider.store.tables import cache_entries, cache_leases
from proxy.cache import Cache, CacheEntry, Fetched, StorageFailed
from tests.databases import ON_SQLITE
from tests.proxy.clocks import NOW, Clock

ENTRY = CacheEntry(b"body", {}, None, timedelta(minutes=5), NOW)


@contextmanager
def writes(engine: Engine) -> Iterator[list[str]]:
    """The statements in the block that are not reads."""
    sent: list[str] = []

    def note(_c: Connection, _cursor: object, statement: str, _p: object, _x: object, _many: bool) -> None:
        if statement != "BEGIN" and not statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _claim(url: str, holder: int) -> bool:
    engine = open_engine(url)
    try:
        return SqlCacheStorage(engine).claim("key", str(holder), NOW, NOW + timedelta(minutes=1))
    finally:
        engine.dispose()


def test_reading_rarely_writes(engine: Engine) -> None:
    """One read in an hour is recorded, and reading a lease writes nothing."""
    clock = Clock()
    storage = SqlCacheStorage(engine, now=clock.now)
    storage.write("key", ENTRY)
    storage.claim("key", "one", NOW, NOW + timedelta(minutes=1))
    with writes(engine) as soon:
        storage.read("key")
        storage.claim("key", "two", NOW, NOW + timedelta(minutes=1))
    clock.at += timedelta(hours=1)
    with writes(engine) as later:
        storage.read("key")
        storage.read("key")

    assert soon == []
    assert [statement.split()[0] for statement in later if not statement.startswith("BEGIN")] == ["UPDATE"]


def test_only_one_of_several_processes_gets_a_lease(tmp_path: Path) -> None:
    """Only one process gets a lease that many claim at the same time."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert sum(processes.map(_claim, [url] * 12, range(12))) == 1


def test_a_locked_database_is_a_failed_storage(tmp_path: Path) -> None:
    """While another process writes, a write fails without the body in its message, and reads work."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    engine, other = open_engine(url), open_engine(url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 0"))
    migrate(engine)
    clock = Clock()
    storage = SqlCacheStorage(engine, now=clock.now)
    storage.write("key", ENTRY)
    clock.at += timedelta(hours=2)
    with writing(other):
        with pytest.raises(StorageFailed, match="database is locked") as failure:
            storage.write("key", replace(ENTRY, body=b"secret"))
        with pytest.raises(StorageFailed, match="database is locked"):
            storage.claim("key", "one", NOW, NOW + timedelta(minutes=1))
        assert storage.read("key") == ENTRY
    engine.dispose()
    other.dispose()

    assert "secret" not in str(failure.value)


def test_a_database_without_the_tables_is_a_failed_storage(engine: Engine) -> None:
    """Every method raises the failure of the storage."""
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE cache_entries"))
    with pytest.raises(
        StorageFailed, match=r"cannot be read: (no such table|relation \"cache_entries\" does not exist)"
    ):
        SqlCacheStorage(engine).read("key")


def test_the_size_is_bounded_in_bytes(engine: Engine) -> None:
    """After any number of writes, at most a sixteenth more than the limit is used, and expired leases are deleted."""
    clock = Clock()
    storage = SqlCacheStorage(engine, now=clock.now, most_bytes=16_000)
    storage.claim("key", "dead", NOW, NOW + timedelta(seconds=1))
    for number in range(60):
        clock.at += timedelta(seconds=1)
        storage.write(str(number), replace(ENTRY, body=b"x" * 500))
        with engine.connect() as connection:
            assert (connection.scalar(select(func.sum(cache_entries.c.size))) or 0) <= 17_000

    assert storage.read("59") is not None
    assert storage.read("0") is None
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(cache_leases)) == 0


@ON_SQLITE
def test_deleting_old_entries_reads_no_body(engine: Engine) -> None:
    """The index has everything that is needed to delete entries."""
    query = "SELECT key, SUM(size) OVER (ORDER BY read_at DESC, key DESC) FROM cache_entries"
    with engine.connect() as connection:
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]

    assert any("USING COVERING INDEX cache_entries_by_reading" in step for step in plan), plan


def test_caches_of_one_database_fetch_once(tmp_path: Path) -> None:
    """Six caches that need the same missing key at the same time cause one request."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    engines = [open_engine(url) for _ in range(6)]
    migrate(engines[0])
    ready = threading.Barrier(len(engines))
    asked: list[CacheEntry | None] = []

    def fetch(entry: CacheEntry | None) -> Fetched:
        asked.append(entry)
        return Fetched(b"body", timedelta(hours=1))

    def get(engine: Engine) -> bytes:
        cache = Cache(SqlCacheStorage(engine), now=lambda: datetime.now(UTC), sleep=time.sleep)
        ready.wait(10)
        return cache.get("key", fetch).body

    with ThreadPoolExecutor(len(engines)) as threads:
        bodies = list(threads.map(get, engines))
    for engine in engines:
        engine.dispose()

    assert bodies == [b"body"] * 6
    assert asked == [None]


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"], ids=["unwritable", "full"])
def test_a_database_that_cannot_be_written_does_not_affect_answers(
    tmp_path: Path, pragma: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is returned and cached in memory, and one warning has the cause."""
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    engine.dispose()
    clock = Clock()
    cache = Cache(SqlCacheStorage(engine, now=clock.now), now=clock.now, sleep=clock.sleep)
    answers = [cache.get("key", lambda _: Fetched(b"x" * 500_000, timedelta(hours=1))) for _ in range(2)]
    engine.dispose()

    assert answers[0] is answers[1]
    assert not answers[0].stale
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "xxx" not in caplog.text
