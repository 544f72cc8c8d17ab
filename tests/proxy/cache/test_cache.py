"""When the cache asks and what it gives."""

from datetime import timedelta

import pytest

from proxy.cache import FOR_EVER, Cache, Confirmed, Fetched
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import MINUTE, Upstream
from tests.proxy.clocks import NOW, Clock

SECOND = timedelta(seconds=1)


def test_a_fresh_answer_is_given_without_asking(cache: Cache, upstream: Upstream, storage: FakeCacheStorage) -> None:
    """Neither the upstream nor the storage is asked again, and every asker gets the very same object."""
    first = cache.get("key", upstream)
    storage.calls.clear()

    assert cache.get("key", upstream) is first
    assert (first.body, first.fetched_at, first.stale, first.problem) == (b"one", NOW, False, None)
    assert len(upstream.asked) == 1
    assert storage.calls == []


def test_an_expired_answer_is_confirmed_by_one_conditional_request(
    cache: Cache, upstream: Upstream, clock: Clock
) -> None:
    """The fetch is given the old entry with its etag; a 304 makes it fresh again for as long as before."""
    cache.get("key", upstream)
    clock.at += MINUTE
    upstream.says = Confirmed()
    answers = [cache.get("key", upstream) for _ in range(3)]

    assert [old.etag if old else None for old in upstream.asked] == [None, '"1"']
    assert {(one.body, one.fetched_at, one.stale) for one in answers} == {(b"one", NOW + MINUTE, False)}
    clock.at += MINUTE
    cache.get("key", upstream)
    assert len(upstream.asked) == 3


def test_a_new_answer_takes_the_place_of_the_old(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Body and headers are the new answer's alone."""
    upstream.says = Fetched(b"one", MINUTE, '"1"', {"link": "<2>"})
    assert cache.get("key", upstream).headers == {"link": "<2>"}
    clock.at += MINUTE
    upstream.says = Fetched(b"two", MINUTE)
    answer = cache.get("key", upstream)

    assert (answer.body, answer.headers, answer.fetched_at) == (b"two", {}, NOW + MINUTE)


def test_what_never_changes_is_asked_once(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """The longest possible freshness is no overflow."""
    upstream.says = Fetched(b"manifest", timedelta.max)
    cache.get("key", upstream)
    clock.at += FOR_EVER / 2

    assert cache.get("key", upstream).body == b"manifest"
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("error", [Unavailable("503"), Garbage("no JSON"), Refused("403")], ids=repr)
def test_where_the_upstream_fails_the_old_answer_is_given(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock, error: OutsideFailure
) -> None:
    """It is marked, with its own time and the problem; for 15 s nobody asks again, in no process."""
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


def test_an_upstream_that_goes_down_is_not_hammered(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """A 503, then no answer at all, for an hour with an asker each second: one request in 15 s, and then it heals."""
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
    """It is asked again when it said, but within 5 minutes."""
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
def test_without_an_old_answer_the_error_is_raised_and_remembered(
    cache: Cache, upstream: Upstream, clock: Clock, error: OutsideFailure, seconds: int
) -> None:
    """The same error, retry time and all, is raised for a while without asking."""
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
def test_what_is_gone_is_removed(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, error: OutsideFailure
) -> None:
    """The old answer is not given any more, not even when the upstream fails afterwards."""
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


def test_refreshing_asks_at_most_once_in_five_seconds(
    cache: Cache, other: Cache, upstream: Upstream, clock: Clock
) -> None:
    """Who wants it anew gets it anew, conditionally, and all processes count together."""
    cache.get("key", upstream)
    upstream.says = Confirmed()
    for _ in range(4):
        assert not cache.get("key", upstream, refresh=True).stale
        assert not other.get("key", upstream, refresh=True).stale
        clock.at += 2 * SECOND

    assert [old is not None for old in upstream.asked] == [False, True, True]


def test_refreshing_looks_again_for_what_was_not_found(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Who just published it need not wait 15 s."""
    upstream.says = NotFound("no such tag")
    with pytest.raises(NotFound):
        cache.get("key", upstream)
    upstream.says = Fetched(b"there", MINUTE)
    with pytest.raises(NotFound):
        cache.get("key", upstream, refresh=True)

    clock.at += 5 * SECOND
    assert cache.get("key", upstream, refresh=True).body == b"there"


def test_a_refresh_that_fails_gives_the_old_answer(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """It is marked, and asked for again after the pause, though it would have been fresh."""
    cache.get("key", upstream)
    upstream.says = Unavailable("503")
    assert cache.get("key", upstream, refresh=True).problem == "503"
    assert cache.get("key", upstream).stale
    clock.at += 15 * SECOND
    upstream.says = Confirmed()

    assert not cache.get("key", upstream).stale


def test_a_confirmation_of_nothing_is_garbage(cache: Cache) -> None:
    """An upstream that answers 304 to a request without an etag is told of."""
    with pytest.raises(Garbage, match=r"key: .* no answer is cached"):
        cache.get("key", Upstream(Confirmed()))


def test_an_entry_of_a_clock_that_was_far_ahead_is_not_believed(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """When the clock is set back by more than the freshness, the upstream is asked."""
    cache.get("key", upstream)
    clock.at -= MINUTE - SECOND
    cache.get("key", upstream)
    assert len(upstream.asked) == 1

    clock.at -= SECOND * 2
    cache.get("key", upstream)
    assert len(upstream.asked) == 2


def test_a_restarted_process_goes_on_with_the_storage(cache: Cache, other: Cache, upstream: Upstream) -> None:
    """What another process fetched is fresh here too, and then needs no storage."""
    cache.get("key", upstream)

    assert other.get("key", upstream) == cache.get("key", upstream)
    assert len(upstream.asked) == 1


def test_what_memory_cannot_hold_comes_from_the_storage(storage: FakeCacheStorage, clock: Clock) -> None:
    """An answer larger than all memory is still fetched once."""
    upstream = Upstream(Fetched(b"x" * 20_000, MINUTE))
    cache = Cache(storage, now=clock.now, sleep=clock.sleep, most_bytes=10_000)

    assert cache.get("key", upstream) == cache.get("key", upstream)
    assert len(upstream.asked) == 1


def test_a_storage_that_fails_costs_no_answer(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """Memory alone serves meanwhile, old answers too; it is told once, and the storage is not tried all the time."""
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


def test_a_storage_that_fails_again_is_told_again(
    cache: Cache, upstream: Upstream, clock: Clock, storage: FakeCacheStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning for each time that it stopped working."""
    for problem in ("locked", None, "full"):
        storage.problem = problem
        cache.get("key", upstream)
        clock.at += MINUTE

    assert [record.message.split(": ")[-1] for record in caplog.records] == ["locked", "full"]
