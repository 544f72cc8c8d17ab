"""Many askers at once, in one process and in several."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from proxy.cache import Cache, Cached, Fetched
from proxy.errors import NotFound, Unavailable
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import MINUTE, Upstream, wait_until
from tests.proxy.clocks import NOW, Clock


def _waiting(cache: Cache, key: str = "key") -> bool:
    """Whether a fetch runs that others can join."""
    return key in cache._flights._flights


def test_twenty_askers_of_a_cold_key_are_one_request(cache: Cache, upstream: Upstream) -> None:
    """All of them wait for it and get the same answer."""
    upstream.open.clear()
    with ThreadPoolExecutor(20) as threads:
        answers = [threads.submit(cache.get, "key", upstream) for _ in range(20)]
        wait_until(lambda: upstream.asked)
        assert not any(answer.done() for answer in answers)
        upstream.open.set()
        given = [answer.result(10) for answer in answers]

    assert {one.body for one in given} == {b"one"}
    assert not any(one.stale for one in given)
    assert len(upstream.asked) == 1


def test_twenty_askers_share_one_error(cache: Cache) -> None:
    """Where the one request fails without an old answer, all are told."""
    upstream = Upstream(Unavailable("503"))
    upstream.open.clear()
    with ThreadPoolExecutor(20) as threads:
        answers = [threads.submit(cache.get, "key", upstream) for _ in range(20)]
        wait_until(lambda: upstream.asked)
        upstream.open.set()
        errors = [answer.exception(10) for answer in answers]

    assert {str(error) for error in errors} == {"503"}
    assert len(upstream.asked) == 1


def test_who_comes_while_a_fetch_runs_gets_the_old_answer_at_once(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock
) -> None:
    """In the same process and in another, marked, without waiting and without a request of their own."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = Fetched(b"two", MINUTE)
    upstream.open.clear()
    with ThreadPoolExecutor(1) as threads:
        leading = threads.submit(cache.get, "key", upstream)
        wait_until(lambda: len(upstream.asked) == 2)
        meanwhile = [one.get("key", upstream) for one in (cache, other, cache, other)]
        upstream.open.set()
        led = leading.result(10)

    assert {(one.body, one.stale, one.fetched_at, one.problem) for one in meanwhile} == {(b"one", True, NOW, None)}
    assert (led.body, led.stale) == (b"two", False)
    assert other.get("key", upstream).body == b"two"
    assert len(upstream.asked) == 2
    assert clock.slept == []


def test_who_comes_while_it_is_refreshed_gets_the_fresh_answer(cache: Cache, upstream: Upstream) -> None:
    """An answer that is still fresh is not marked because somebody else wants it anew."""
    cache.get("key", upstream)
    upstream.open.clear()
    with ThreadPoolExecutor(1) as threads:
        leading = threads.submit(cache.get, "key", upstream, refresh=True)
        wait_until(lambda: len(upstream.asked) == 2)
        assert not cache.get("key", upstream).stale
        upstream.open.set()
        leading.result(10)


def test_two_processes_fetch_a_cold_key_once(storage: FakeCacheStorage, upstream: Upstream) -> None:
    """The second one waits for the first and takes its answer out of the storage."""
    clock = Clock()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        upstream.open.set()
        wait_until(first.done)

    upstream.open.clear()
    one = Cache(storage, now=clock.now, sleep=clock.sleep)
    two = Cache(storage, now=clock.now, sleep=sleep)
    with ThreadPoolExecutor(1) as threads:
        first: Future[Cached] = threads.submit(one.get, "key", upstream)
        wait_until(lambda: upstream.asked)
        second = two.get("key", upstream)

    assert second == first.result(10)
    assert len(upstream.asked) == 1
    assert len(waits) == 1


def test_a_fetch_that_ended_just_before_the_lease_is_not_repeated(
    cache: Cache, other: Cache, upstream: Upstream, storage: FakeCacheStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking into the storage and getting the lease another process may have done all of it."""
    claim = storage.claim

    def claim_late(key: str, holder: str, now: datetime, until: datetime) -> bool:
        monkeypatch.setattr(storage, "claim", claim)
        other.get(key, upstream)
        return claim(key, holder, now, until)

    monkeypatch.setattr(storage, "claim", claim_late)

    assert cache.get("key", upstream).body == b"one"
    assert len(upstream.asked) == 1


def test_a_holder_that_died_blocks_nobody_for_long(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage
) -> None:
    """When its lease has run out the next one fetches, and looks at most twenty times a second until then."""
    storage.claim("key", "dead", NOW, NOW + timedelta(seconds=20))

    assert cache.get("key", upstream).body == b"one"
    assert timedelta(seconds=20) <= clock.at - NOW <= timedelta(seconds=21)
    assert len(clock.slept) < 60
    assert min(clock.slept) >= 0.05


def test_a_lease_of_a_wrong_clock_is_not_waited_for(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage
) -> None:
    """Nobody waits longer than a lease lasts, and its holder keeps it."""
    storage.claim("key", "ahead", NOW, NOW + timedelta(days=1))

    assert cache.get("key", upstream).body == b"one"
    assert clock.at - NOW <= timedelta(seconds=31)
    assert not storage.claim("key", "third", clock.at, clock.at + MINUTE)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt(), NotFound("none")], ids=repr)
def test_whatever_a_fetch_raises_releases_everything(
    cache: Cache, other: Cache, clock: Clock, storage: FakeCacheStorage, error: BaseException
) -> None:
    """It is raised as it is; afterwards no lease is held and no fetch is waited for."""
    with pytest.raises(type(error)) as raised:
        cache.get("key", Upstream(error))

    assert raised.value is error
    assert not _waiting(cache)
    assert storage.claim("key", "somebody", clock.at, clock.at)
    assert other.get("key", Upstream()).body == b"one"
    assert clock.slept == []


def test_an_unexpected_error_is_not_remembered(cache: Cache) -> None:
    """A bug that hits one request does not hit the next."""
    with pytest.raises(RuntimeError):
        cache.get("key", Upstream(RuntimeError("a bug")))

    assert cache.get("key", Upstream()).body == b"one"


def test_keys_do_not_wait_for_one_another(cache: Cache, upstream: Upstream) -> None:
    """While one key is being fetched another one is."""
    upstream.open.clear()
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(cache.get, "slow", upstream)
        wait_until(lambda: upstream.asked)
        assert cache.get("quick", Upstream()).body == b"one"
        assert not slow.done()
        upstream.open.set()
        slow.result(10)
