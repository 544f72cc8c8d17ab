"""Many callers at once, in one process and in several."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from proxy.cache import Cache, Cached, Fetched
from proxy.errors import NotFound, Unavailable
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import MINUTE, Upstream, wait_until
from tests.proxy.clocks import NOW, Clock


def _waiting(cache: Cache, key: str = "key") -> bool:
    """Whether a fetch is running that other callers can join."""
    return key in cache._flights._flights


def test_twenty_callers_of_a_cold_key_cause_one_request(cache: Cache, upstream: Upstream) -> None:
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


def test_twenty_callers_share_one_error(cache: Cache) -> None:
    """If the one request fails and there is no old answer, all callers get the error."""
    upstream = Upstream(Unavailable("503"))
    upstream.open.clear()
    with ThreadPoolExecutor(20) as threads:
        answers = [threads.submit(cache.get, "key", upstream) for _ in range(20)]
        wait_until(lambda: upstream.asked)
        upstream.open.set()
        errors = [answer.exception(10) for answer in answers]

    assert {str(error) for error in errors} == {"503"}
    assert len(upstream.asked) == 1


def test_a_caller_during_a_fetch_gets_the_old_answer_at_once(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock
) -> None:
    """In the same process and in another, marked stale, without waiting and without a request."""
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


def test_a_caller_during_a_refresh_gets_the_fresh_answer(cache: Cache, upstream: Upstream) -> None:
    """An answer that is still fresh is not marked stale while another caller refreshes it."""
    cache.get("key", upstream)
    upstream.open.clear()
    with ThreadPoolExecutor(1) as threads:
        leading = threads.submit(cache.get, "key", upstream, refresh=True)
        wait_until(lambda: len(upstream.asked) == 2)
        assert not cache.get("key", upstream).stale
        upstream.open.set()
        leading.result(10)


def test_two_processes_fetch_a_cold_key_once(storage: FakeCacheStorage, upstream: Upstream) -> None:
    """The second process waits for the first and takes its answer from the storage."""
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
    """After taking the lease, the storage is read again for an answer of another process."""
    claim = storage.claim

    def claim_late(key: str, holder: str, now: datetime, until: datetime) -> bool:
        monkeypatch.setattr(storage, "claim", claim)
        other.get(key, upstream)
        return claim(key, holder, now, until)

    monkeypatch.setattr(storage, "claim", claim_late)

    assert cache.get("key", upstream).body == b"one"
    assert len(upstream.asked) == 1


def test_a_dead_holder_blocks_others_for_one_lease(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage
) -> None:
    """When its lease has expired, the next process fetches; until then it reads at most twenty times a second."""
    storage.claim("key", "dead", NOW, NOW + timedelta(seconds=20))

    assert cache.get("key", upstream).body == b"one"
    assert timedelta(seconds=20) <= clock.at - NOW <= timedelta(seconds=21)
    assert len(clock.slept) < 60
    assert min(clock.slept) >= 0.05


def test_the_wait_for_a_lease_is_limited(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage
) -> None:
    """No caller waits longer than a lease, even if the holder's clock is wrong, and the holder keeps the lease."""
    storage.claim("key", "ahead", NOW, NOW + timedelta(days=1))

    assert cache.get("key", upstream).body == b"one"
    assert clock.at - NOW <= timedelta(seconds=31)
    assert not storage.claim("key", "third", clock.at, clock.at + MINUTE)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt(), NotFound("none")], ids=repr)
def test_any_error_of_a_fetch_releases_everything(
    cache: Cache, other: Cache, clock: Clock, storage: FakeCacheStorage, error: BaseException
) -> None:
    """The error is raised unchanged; afterwards no lease is held and no fetch is running."""
    with pytest.raises(type(error)) as raised:
        cache.get("key", Upstream(error))

    assert raised.value is error
    assert not _waiting(cache)
    assert storage.claim("key", "another", clock.at, clock.at)
    assert other.get("key", Upstream()).body == b"one"
    assert clock.slept == []


def test_an_unexpected_error_is_not_remembered(cache: Cache) -> None:
    """After a bug in one request, the next call fetches again."""
    with pytest.raises(RuntimeError):
        cache.get("key", Upstream(RuntimeError("a bug")))

    assert cache.get("key", Upstream()).body == b"one"


def test_keys_do_not_wait_for_one_another(cache: Cache, upstream: Upstream) -> None:
    """While one key is fetched, another one can be fetched."""
    upstream.open.clear()
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(cache.get, "slow", upstream)
        wait_until(lambda: upstream.asked)
        assert cache.get("quick", Upstream()).body == b"one"
        assert not slow.done()
        upstream.open.set()
        slow.result(10)
