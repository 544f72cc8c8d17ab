"""The cache, where a thread may not wait for another host."""

import pytest

from proxy.cache import Cache
from proxy.errors import Unavailable
from proxy.places import NoPlace, limited_by
from tests.proxy.cache.upstreams import MINUTE, Upstream
from tests.proxy.clocks import Clock


def no_place() -> int:
    """None is free."""
    return 5


def test_a_fresh_answer_needs_no_place(cache: Cache, other: Cache, upstream: Upstream) -> None:
    """Neither from the memory nor from what another process has stored."""
    cache.get("key", upstream)

    with limited_by(no_place):
        assert cache.get("key", upstream).body == b"one"
        assert not other.get("key", upstream).stale

    assert len(upstream.asked) == 1


def test_the_old_answer_is_given_as_stale(cache: Cache, upstream: Upstream, clock: Clock) -> None:
    """Without a request, also for a refresh."""
    cache.get("key", upstream)
    clock.at += MINUTE

    with limited_by(no_place):
        answers = [cache.get("key", upstream), cache.get("key", upstream, refresh=True)]

    assert [(answer.body, answer.stale) for answer in answers] == [(b"one", True)] * 2
    assert len(upstream.asked) == 1


def test_without_an_old_answer_the_refusal_is_kept_for_nobody(cache: Cache, upstream: Upstream) -> None:
    """The next caller with a place sends the request."""
    with limited_by(no_place), pytest.raises(NoPlace):
        cache.get("key", upstream)

    assert upstream.asked == []
    assert cache.get("key", upstream).body == b"one"


def test_a_failure_that_is_known_is_given(cache: Cache, upstream: Upstream) -> None:
    """It says more than that there is no place."""
    upstream.says = Unavailable("it is down")
    with pytest.raises(Unavailable):
        cache.get("key", upstream)

    with limited_by(no_place), pytest.raises(Unavailable, match="it is down"):
        cache.get("key", upstream)
