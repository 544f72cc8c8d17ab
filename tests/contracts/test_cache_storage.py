"""What every storage of the cache promises, over the fake and over each database."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine, writing
from provider.store.tables import cache_entries, cache_leases
from proxy.cache import FOR_EVER, CacheEntry, Storage
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.clocks import NOW, Clock

POSTGRESQL = os.environ.get("IMAGE_FACTORY_TEST_POSTGRESQL_URL")
ENTRY = CacheEntry(b"\0\xff body", {"link": "<x>; rel=next", "x": "\0ü\ud800"}, 'W/"1"', timedelta(microseconds=1), NOW)
FAILED = replace(
    ENTRY,
    etag=None,
    headers={},
    fresh_for=FOR_EVER,
    failed_at=NOW + timedelta(seconds=1),
    problem="503\0",
    retry_at=NOW + timedelta(seconds=9),
    refreshed_at=NOW,
)
MINUTE = timedelta(minutes=1)
Make = Callable[[int], Storage]


def _over_database(url: str, clock: Clock) -> Iterator[Make]:
    engine = open_engine(url)
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(delete(cache_entries))
        connection.execute(delete(cache_leases))
    yield lambda most_bytes: SqlCacheStorage(engine, now=clock.now, most_bytes=most_bytes)
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """Stands still."""
    return Clock()


@pytest.fixture(params=["fake", "sqlite", *(["postgresql"] if POSTGRESQL else [])])
def make(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Make]:
    """Makes a storage of each kind with room for so many bytes, empty at first."""
    if request.param == "fake":
        yield lambda most_bytes: FakeCacheStorage(clock.now, most_bytes=most_bytes)
    elif request.param == "sqlite":
        yield from _over_database(f"sqlite:///{tmp_path / 'cache.db'}", clock)
    else:
        yield from _over_database(POSTGRESQL or "", clock)


@pytest.fixture
def storage(make: Make) -> Storage:
    """With room for a million bytes."""
    return make(1_000_000)


@pytest.mark.parametrize("entry", [ENTRY, FAILED], ids=["answered", "failed"])
@pytest.mark.parametrize("key", ["versions/ghcr.io/acme/app", "", "\0\ud800" + "x" * 9_000], ids=["plain", "no", "odd"])
def test_an_entry_comes_back_whole(storage: Storage, key: str, entry: CacheEntry) -> None:
    """Whatever is in an entry and its key, it is read as it was written."""
    storage.write(key, entry)

    assert storage.read(key) == entry
    assert storage.read(key + "/") is None


def test_the_last_writing_counts(storage: Storage) -> None:
    """A later entry takes the place of an earlier one, and removing leaves nothing, also where there was nothing."""
    storage.write("a", ENTRY)
    storage.write("a", FAILED)
    assert storage.read("a") == FAILED

    storage.remove("a")
    storage.remove("a")
    assert storage.read("a") is None


def test_a_lease_is_one_holders(storage: Storage) -> None:
    """Another holder gets a lease only after it was released by its own holder, and its own holder may renew it."""
    assert storage.claim("a", "one", NOW, NOW + MINUTE)
    assert not storage.claim("a", "two", NOW, NOW + MINUTE)
    assert storage.claim("b", "two", NOW, NOW + MINUTE)
    assert storage.claim("a", "one", NOW, NOW + 2 * MINUTE)

    storage.release("a", "two")
    assert not storage.claim("a", "two", NOW + MINUTE, NOW + 3 * MINUTE)
    storage.release("a", "one")
    assert storage.claim("a", "two", NOW, NOW + MINUTE)


def test_a_lease_runs_out(storage: Storage) -> None:
    """A holder that never releases loses the lease when its time is over, and cannot release the next one's."""
    storage.claim("a", "dead", NOW, NOW + MINUTE)

    assert not storage.claim("a", "two", NOW + MINUTE - timedelta(microseconds=1), NOW + 2 * MINUTE)
    assert storage.claim("a", "two", NOW + MINUTE, NOW + 2 * MINUTE)
    storage.release("a", "dead")
    assert not storage.claim("a", "three", NOW + MINUTE, NOW + 2 * MINUTE)


def _claims_at_once(storage: Storage, now: datetime) -> int:
    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(lambda holder: storage.claim("a", f"{holder} {now}", now, now + MINUTE), range(8)))


def test_of_many_claims_at_once_one_succeeds(storage: Storage) -> None:
    """Threads that claim the same free or outrun lease at the same moment: one gets it."""
    assert _claims_at_once(storage, NOW) == 1
    assert _claims_at_once(storage, NOW + MINUTE) == 1


def test_what_nobody_reads_leaves_after_seven_days(storage: Storage, clock: Clock) -> None:
    """Each reading gives an entry seven more days, give or take the hour in which readings are not noted anew."""
    storage.write("read", ENTRY)
    storage.write("unread", ENTRY)
    clock.at += timedelta(days=6)
    assert storage.read("read") == ENTRY
    clock.at += timedelta(days=1, seconds=1)

    assert storage.read("unread") is None
    assert storage.read("read") == ENTRY
    clock.at += timedelta(days=7, seconds=1)
    assert storage.read("read") is None


def test_the_least_recently_read_are_removed(make: Make, clock: Clock) -> None:
    """Too many bytes: what was read last stays, and the newest."""
    storage = make(3_000)
    for name in "abc":
        storage.write(name, replace(ENTRY, body=name.encode() * 600))
        clock.at += timedelta(hours=2)
    storage.read("a")
    clock.at += timedelta(hours=2)
    storage.write("d", replace(ENTRY, body=b"d" * 1_300))

    kept = {name for name in "abcd" if storage.read(name)}
    assert {"a", "d"} <= kept
    assert "b" not in kept


def test_what_is_larger_than_all_room_is_not_kept(make: Make) -> None:
    """It drives nothing else out, and what it replaces is gone, since that is known to be old."""
    storage = make(3_000)
    storage.write("a", ENTRY)
    storage.write("b", ENTRY)
    storage.write("a", replace(ENTRY, body=b"x" * 3_001))

    assert storage.read("a") is None
    assert storage.read("b") == ENTRY
