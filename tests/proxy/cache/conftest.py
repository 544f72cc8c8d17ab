"""A cache, its storage and its clock."""

import pytest

from proxy.cache import Cache
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import Upstream
from tests.proxy.clocks import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that advances only by sleeping."""
    return Clock()


@pytest.fixture
def storage(clock: Clock) -> FakeCacheStorage:
    """Empty, and shared between all caches of a test."""
    return FakeCacheStorage(clock.now)


@pytest.fixture
def cache(storage: FakeCacheStorage, clock: Clock) -> Cache:
    """The cache of one process."""
    return Cache(storage, now=clock.now, sleep=clock.sleep)


@pytest.fixture
def other(storage: FakeCacheStorage, clock: Clock) -> Cache:
    """The cache of another process."""
    return Cache(storage, now=clock.now, sleep=clock.sleep)


@pytest.fixture
def upstream() -> Upstream:
    """Answers b"one", fresh for a minute."""
    return Upstream()
