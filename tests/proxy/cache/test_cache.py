"""When the cache sends a request, and what it returns."""

from datetime import timedelta

import pytest

from proxy.cache import FOR_EVER, Cache, Confirmed, Fetched
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import MINUTE, Upstream
from tests.proxy.clocks import NOW, Clock

SECOND = timedelta(seconds=1)


def test_a_fresh_answer_needs_no_request(cache: Cache, upstream: Upstream, storage: FakeCacheStorage) -> None:
    """Neither the upstream nor the storage is read again, and every caller gets the same object."""
    first = cache.get("key", upstream)
    storage.calls.clear()

    assert cache.get("key", upstream) is first
    assert (first.body, first.fetched_at, first.stale, first.problem) == (b"one", NOW, False, None)
    assert len(upstream.asked) == 1
    assert storage.calls == []


def test_an_expired_answer_is_confirmed_by_one_conditional_request(
    cache: Cache, upstream: Upstream, clock: Clock
) -> None:
    """The fetch gets the old entry with its etag; a 304 makes it fresh for the same time again."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = Confirmed()
    answers = [cache.get("key", upstream) for _ in range(3)]

    assert [old.etag if old else None for old in upstream.asked] == [None, '"1"']
    assert {(one.body, one.fetched_at, one.stale) for one in answers} == {(b"one", NOW + MINUTE, False)}
    clock.at += MINUTE
    cache.get("key", upstream)
    assert len(upstream.asked) == 3


def test_a_new_answer_replaces_the_old_one(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Body and headers come from the new answer only."""
    upstream.says = Fetched(b"one", MINUTE, '"1"', {"link": "<2>"})
    assert cache.get("key", upstream).headers == {"link": "<2>"}
    clock.at += MINUTE
    upstream.says = Fetched(b"two", MINUTE)
    answer = cache.get("key", upstream)

    assert (answer.body, answer.headers, answer.fetched_at) == (b"two", {}, NOW + MINUTE)


def test_an_answer_that_never_changes_is_requested_once(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """The longest possible freshness does not overflow."""
    upstream.says = Fetched(b"manifest", timedelta.max)
    cache.get("key", upstream)
    clock.at += FOR_EVER / 2

    assert cache.get("key", upstream).body == b"manifest"
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("error", [Unavailable("503"), Garbage("no JSON"), Refused("403")], ids=repr)
def test_the_old_answer_is_used_while_the_upstream_fails(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock, error: OutsideFailure
) -> None:
    """It has its own time and the problem; for 15 s no process sends another request."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = error
    for _ in range(3):
        for one in (cache, other):
            answer = one.get("key", upstream, refresh=True)
            assert (answer.body, answer.fetched_at, answer.stale) == (b"one", NOW, True)
            assert answer.problem == str(error)
        clock.at += 5 * SECOND - timedelta(microseconds=1)

    assert len(upstream.asked) == 2


def test_an_upstream_that_is_down_gets_few_requests(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """With a caller each second for an hour, it gets one request in 15 s, and then the answer is fresh again."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = Unavailable("503")
    for second in range(3_600):
        if second == 60:
            upstream.says = Unavailable("connection refused")
        assert cache.get("key", upstream).body == b"one"
        clock.at += SECOND

    assert len(upstream.asked) == 1 + 3_600 // 15
    assert cache.get("key", upstream).problem == "connection refused"
    upstream.says = Confirmed()
    clock.at += 15 * SECOND
    healed = cache.get("key", upstream)
    assert (healed.stale, healed.problem, healed.fetched_at) == (False, None, clock.at)


@pytest.mark.parametrize(
    ("retry_in", "asked_in"),
    [(2 * MINUTE, 2 * MINUTE), (60 * MINUTE, 5 * MINUTE), (-MINUTE, 15 * SECOND), (None, 15 * SECOND)],
)
def test_the_upstreams_own_time_is_kept(
    cache: Cache, upstream: Upstream, clock: Clock, retry_in: timedelta | None, asked_in: timedelta
) -> None:
    """The next request is sent at the time that the upstream named, at most 5 minutes later."""
    cache.get("key", upstream)
    clock.at += MINUTE
    failed_at = clock.at
    upstream.says = Unavailable("429", clock.at + retry_in if retry_in else None)
    cache.get("key", upstream)
    clock.at = failed_at + asked_in - timedelta(microseconds=1)
    cache.get("key", upstream)
    assert len(upstream.asked) == 2

    clock.at = failed_at + asked_in
    cache.get("key", upstream)
    assert len(upstream.asked) == 3


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Unavailable("ghcr.io: 503", NOW + MINUTE), 5),
        (Garbage("no JSON"), 5),
        (Refused("403"), 5),
        (NotFound("no such image"), 15),
        (AddressRefused("private"), 15),
    ],
    ids=repr,
)
def test_without_an_old_answer_the_error_is_raised_again(
    cache: Cache, upstream: Upstream, clock: Clock, error: OutsideFailure, seconds: int
) -> None:
    """The same error with its retry time is raised for some seconds without a request."""
    upstream.says = error
    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            cache.get("key", upstream)
        assert str(raised.value) == str(error)
        assert getattr(raised.value, "retry_at", None) == getattr(error, "retry_at", None)
    clock.at += seconds * SECOND - timedelta(microseconds=1)
    with pytest.raises(type(error)):
        cache.get("key", upstream)
    assert len(upstream.asked) == 1

    clock.at += timedelta(microseconds=1)
    upstream.says = Fetched(b"there", MINUTE)
    assert cache.get("key", upstream).body == b"there"


@pytest.mark.parametrize("error", [NotFound("gone"), AddressRefused("private")], ids=repr)
def test_an_answer_that_is_not_found_any_more_is_removed(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, error: OutsideFailure
) -> None:
    """The old answer is not used any more, even if the upstream fails afterwards."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = error
    with pytest.raises(type(error)):
        cache.get("key", upstream)
    assert storage.read("key") is None

    clock.at += 15 * SECOND
    upstream.says = Unavailable("503")
    with pytest.raises(Unavailable):
        cache.get("key", upstream)


def test_a_refresh_sends_at_most_one_request_in_five_seconds(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock
) -> None:
    """A refresh is conditional, and the limit holds over all processes."""
    cache.get("key", upstream)
    upstream.says = Confirmed()
    for _ in range(4):
        assert not cache.get("key", upstream, refresh=True).stale
        assert not other.get("key", upstream, refresh=True).stale
        clock.at += 2 * SECOND

    assert [old is not None for old in upstream.asked] == [False, True, True]


def test_a_refresh_repeats_a_request_that_found_nothing(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """A caller who has just published an image does not have to wait 15 s."""
    upstream.says = NotFound("no such tag")
    with pytest.raises(NotFound):
        cache.get("key", upstream)
    upstream.says = Fetched(b"there", MINUTE)
    with pytest.raises(NotFound):
        cache.get("key", upstream, refresh=True)

    clock.at += 5 * SECOND
    assert cache.get("key", upstream, refresh=True).body == b"there"


def test_a_failed_refresh_returns_the_old_answer(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """It is marked stale and requested again after the pause, although it would still be fresh."""
    cache.get("key", upstream)
    upstream.says = Unavailable("503")
    assert cache.get("key", upstream, refresh=True).problem == "503"
    assert cache.get("key", upstream).stale
    clock.at += 15 * SECOND
    upstream.says = Confirmed()

    assert not cache.get("key", upstream).stale


def test_a_confirmation_of_nothing_is_garbage(cache: Cache) -> None:
    """A 304 to a request without an etag is an error that names the key."""
    with pytest.raises(Garbage, match=r"key: .* no answer is cached"):
        cache.get("key", Upstream(Confirmed()))


def test_an_entry_from_the_future_is_not_used(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """After the clock was set back by more than the freshness, a request is sent."""
    cache.get("key", upstream)
    clock.at -= MINUTE - SECOND
    cache.get("key", upstream)
    assert len(upstream.asked) == 1

    clock.at -= SECOND * 2
    cache.get("key", upstream)
    assert len(upstream.asked) == 2


def test_a_restarted_process_uses_the_storage(cache: Cache, other: Cache, upstream: Upstream) -> None:
    """An answer that another process fetched is fresh here too, and is read from the storage once."""
    cache.get("key", upstream)

    assert other.get("key", upstream) == cache.get("key", upstream)
    assert len(upstream.asked) == 1


def test_an_answer_too_large_for_memory_comes_from_the_storage(storage: FakeCacheStorage, clock: Clock) -> None:
    """An answer larger than the memory limit is still fetched once."""
    upstream = Upstream(Fetched(b"x" * 20_000, MINUTE))
    cache = Cache(storage, now=clock.now, sleep=clock.sleep, most_bytes=10_000)

    assert cache.get("key", upstream) == cache.get("key", upstream)
    assert len(upstream.asked) == 1


def test_a_failing_storage_fails_no_request(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """Memory is used alone, for old answers too; the failure is logged once, and the storage is tried again later."""
    storage.problem = "database is locked"
    assert cache.get("key", upstream).body == b"one"
    assert cache.get("other", upstream).body == b"one"
    assert len(storage.calls) == 1
    clock.at += MINUTE
    upstream.says = Unavailable("503")
    assert cache.get("key", upstream).stale
    assert [record.message.split(": ")[-1] for record in caplog.records] == ["database is locked"]

    storage.problem = None
    clock.at += MINUTE
    upstream.says = Fetched(b"two", MINUTE)
    cache.get("key", upstream)
    kept = storage.read("key")
    assert kept is not None
    assert kept.body == b"two"


def test_a_storage_that_fails_again_is_logged_again(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """Each time that the storage stops working, one warning is logged."""
    for problem in ("locked", None, "full"):
        storage.problem = problem
        cache.get("key", upstream)
        clock.at += MINUTE

    assert [record.message.split(": ")[-1] for record in caplog.records] == ["locked", "full"]


def test_what_is_cached_is_known_without_a_request(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Also once it has expired: then the next reader asks for a newer answer."""
    assert cache.known("key") is None
    cache.get("key", upstream)
    fresh = cache.known("key")
    clock.at += MINUTE
    old = cache.known("key")

    assert fresh
    assert old
    assert (fresh.answer.body, fresh.due, old.answer.body, old.due) == (b"one", False, b"one", True)
    assert len(upstream.asked) == 1


def test_a_failure_is_known_for_a_moment(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """It is raised as `get` raises it, and is not known afterwards."""
    upstream.says = Refused("no")
    with pytest.raises(Refused):
        cache.get("key", upstream)
    with pytest.raises(Refused, match="no"):
        cache.known("key")
    clock.at += MINUTE
    assert cache.known("key") is None


def test_an_old_answer_is_known_with_the_failure_after_it(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Until the next request may be sent."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = Unavailable("busy")
    cache.get("key", upstream)
    failing = cache.known("key")
    clock.at += MINUTE
    later = cache.known("key")

    assert failing
    assert later
    assert (failing.answer.problem, failing.due, later.due) == ("busy", False, True)


def test_answers_are_counted_by_where_they_come_from(
    upstream: Upstream, storage: FakeCacheStorage, clock: Clock
) -> None:
    """A request is a miss; an answer without one is a hit, also in another process, and stale after a failure."""
    counted: list[str] = []
    one, other = (
        Cache(storage, now=clock.now, sleep=clock.sleep, counted=counted.append) for _ in ("process", "process")
    )
    one.get("key", upstream)
    one.get("key", upstream)
    other.get("key", upstream)
    assert counted == ["miss", "hit", "hit"]
    clock.at += MINUTE
    upstream.says = Unavailable("down")
    one.get("key", upstream)
    one.get("key", upstream)
    assert counted[3:] == ["miss", "stale"]
