"""Tests of reading and caching the keys of Backstage."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from provider.auth.keys import Keys
from proxy.errors import Unavailable
from tests.peers.backstage_auth import USER_KEYS, BackstageAuth
from tests.provider.auth.visits import Clock, transport_to


@pytest.fixture
def keys(backstage: BackstageAuth, clock: Clock) -> Keys:
    """The keys of users."""
    return Keys(f"{backstage.url}{USER_KEYS}", transport_to(backstage, clock), clock.now)


def test_twenty_threads_make_one_request(backstage: BackstageAuth, keys: Keys) -> None:
    """All threads get the key from one request."""
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(keys.key, [backstage.user_keys[0].id] * 20))
    assert (None in found, len(backstage.log)) == (False, 1)


def test_unknown_ids_cause_one_request_in_a_few_seconds(backstage: BackstageAuth, clock: Clock, keys: Keys) -> None:
    """A hundred unknown ids cause one request; new keys are found after the pause."""
    assert [keys.key(f"made-up-{number}") for number in range(100)] == [None] * 100
    backstage.rotate()
    known = backstage.user_keys[0].id
    assert (keys.key(known), len(backstage.log)) == (None, 1)
    clock.pass_by(seconds=5)
    assert keys.key(known) is not None
    assert len(backstage.log) == 2


def test_a_known_key_is_used_while_backstage_is_down(backstage: BackstageAuth, clock: Clock, keys: Keys) -> None:
    """An unknown key is a temporary failure then, and so is an invalid answer."""
    known = backstage.user_keys[0].id
    assert keys.key(known) is not None
    backstage.down()
    clock.pass_by(hours=2)
    assert keys.key(known) is not None
    with pytest.raises(Unavailable, match="cannot be fetched now"):
        keys.key("made-up")
    backstage.up()
    backstage.fail(USER_KEYS, 200, body="<html>")
    clock.pass_by(seconds=61)
    assert keys.key(known) is not None


def test_without_any_key_ten_calls_send_one_request(backstage: BackstageAuth, clock: Clock, keys: Keys) -> None:
    """Every call fails at once, and the next request is sent after the pause."""
    backstage.fail(USER_KEYS, 500, times=1)
    for number in range(10):
        with pytest.raises(Unavailable):
            keys.key(f"id-{number}")
    assert len(backstage.log) == 1
    clock.pass_by(seconds=6)
    assert keys.key(backstage.user_keys[0].id) is not None


def test_a_withdrawn_key_is_not_used_any_more(backstage: BackstageAuth, clock: Clock, keys: Keys) -> None:
    """The keys are read again every ten minutes."""
    old = backstage.user_keys[0].id
    assert keys.key(old) is not None
    backstage.rotate()
    assert keys.key(old) is not None
    clock.pass_by(minutes=10)
    assert keys.key(old) is None


def test_a_key_set_that_is_too_large_is_not_read(backstage: BackstageAuth, keys: Keys) -> None:
    """More than a quarter of a megabyte is a failure."""
    backstage.fail(USER_KEYS, 200, body=" " * (256 * 1024) + '{"keys": []}')
    with pytest.raises(Unavailable):
        keys.key("any")
