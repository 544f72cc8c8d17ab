"""The contract of the cache's storage, over the fake and over each database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from provider.store.cache import SqlCacheStorage
from proxy.cache import FOR_EVER, CacheEntry, Storage
from tests.databases import KINDS, migrated_engine
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.clocks import NOW, Clock

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


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only by sleeping."""
    return Clock()


@pytest.fixture(params=["fake", *KINDS])
def make(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Make]:
    """Creates an empty storage of each kind, with a limit in bytes."""
    if request.param == "fake":
        yield lambda most_bytes: FakeCacheStorage(clock.now, most_bytes=most_bytes)
        return
    with migrated_engine(request.param, tmp_path) as engine:
        yield lambda most_bytes: SqlCacheStorage(engine, now=clock.now, most_bytes=most_bytes)


@pytest.fixture
def storage(make: Make) -> Storage:
    """A storage with a limit of a million bytes."""
    return make(1_000_000)


@pytest.mark.parametrize("entry", [ENTRY, FAILED], ids=["answered", "failed"])
@pytest.mark.parametrize("key", ["versions/ghcr.io/acme/app", "", "\0\ud800" + "x" * 9_000], ids=["plain", "no", "odd"])
def test_an_entry_is_read_as_it_was_written(storage: Storage, key: str, entry: CacheEntry) -> None:
    """This holds for any entry and any key."""
    storage.write(key, entry)

    assert storage.read(key) == entry
    assert storage.read(key + "/") is None


def test_the_last_write_is_read(storage: Storage) -> None:
    """A later entry replaces an earlier one, and a removed entry is gone; removing none is not an error."""
    storage.write("a", ENTRY)
    storage.write("a", FAILED)
    assert storage.read("a") == FAILED

    storage.remove("a")
    storage.remove("a")
    assert storage.read("a") is None


def test_a_lease_has_one_holder(storage: Storage) -> None:
    """Another holder gets it only after its holder released it; its holder may renew it."""
    assert storage.claim("a", "one", NOW, NOW + MINUTE)
    assert not storage.claim("a", "two", NOW, NOW + MINUTE)
    assert storage.claim("b", "two", NOW, NOW + MINUTE)
    assert storage.claim("a", "one", NOW, NOW + 2 * MINUTE)

    storage.release("a", "two")
    assert not storage.claim("a", "two", NOW + MINUTE, NOW + 3 * MINUTE)
    storage.release("a", "one")
    assert storage.claim("a", "two", NOW, NOW + MINUTE)


def test_a_lease_expires(storage: Storage) -> None:
    """A holder that does not release it loses it, and cannot release the next holder's lease."""
    storage.claim("a", "dead", NOW, NOW + MINUTE)

    assert not storage.claim("a", "two", NOW + MINUTE - timedelta(microseconds=1), NOW + 2 * MINUTE)
    assert storage.claim("a", "two", NOW + MINUTE, NOW + 2 * MINUTE)
    storage.release("a", "dead")
    assert not storage.claim("a", "three", NOW + MINUTE, NOW + 2 * MINUTE)


def _claims_at_once(storage: Storage, now: datetime) -> int:
    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(lambda holder: storage.claim("a", f"{holder} {now}", now, now + MINUTE), range(8)))


def test_of_many_claims_at_once_one_succeeds(storage: Storage) -> None:
    """Of several threads that claim a free or expired lease at the same time, one gets it."""
    assert _claims_at_once(storage, NOW) == 1
    assert _claims_at_once(storage, NOW + MINUTE) == 1


def test_an_unread_entry_is_removed_after_seven_days(storage: Storage, clock: Clock) -> None:
    """Each read gives it seven more days, with a tolerance of the hour in which reads are not recorded."""
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
    """Above the limit, the entries read last and the newest stay."""
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


def test_an_entry_above_the_limit_is_not_kept(make: Make) -> None:
    """It removes no other entry, but the entry that it replaces, which is older."""
    storage = make(3_000)
    storage.write("a", ENTRY)
    storage.write("b", ENTRY)
    storage.write("a", replace(ENTRY, body=b"x" * 3_001))

    assert storage.read("a") is None
    assert storage.read("b") == ENTRY
