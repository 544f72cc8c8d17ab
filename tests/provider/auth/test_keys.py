"""Tests of reading and caching the keys of Backstage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from provider.auth.key_set import read_key_set
from provider.auth.keys import Keys
from proxy.errors import AddressRefused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.backstage_auth import USER_KEYS, BackstageAuth
from tests.provider.auth.visits import Clock, transport_to


@pytest.fixture
def keys(backstage: BackstageAuth, clock: Clock) -> Keys[EllipticCurvePublicKey]:
    """The keys of users."""
    return Keys(f"{backstage.url}{USER_KEYS}", transport_to(backstage, clock), clock.now, read_key_set)


def test_twenty_threads_make_one_request(backstage: BackstageAuth, keys: Keys[EllipticCurvePublicKey]) -> None:
    """All threads get the key from one request."""
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(keys.key, [backstage.user_keys[0].id] * 20))
    assert (None in found, len(backstage.log)) == (False, 1)


def test_unknown_ids_cause_one_request_in_a_few_seconds(
    backstage: BackstageAuth, clock: Clock, keys: Keys[EllipticCurvePublicKey]
) -> None:
    """A hundred unknown ids cause one request; new keys are found after the pause."""
    assert [keys.key(f"made-up-{number}") for number in range(100)] == [None] * 100
    backstage.rotate()
    known = backstage.user_keys[0].id
    assert (keys.key(known), len(backstage.log)) == (None, 1)
    clock.pass_by(seconds=5)
    assert keys.key(known) is not None
    assert len(backstage.log) == 2


def test_a_known_key_is_used_while_backstage_is_down(
    backstage: BackstageAuth, clock: Clock, keys: Keys[EllipticCurvePublicKey]
) -> None:
    """An unknown key is a temporary failure then, and so is an invalid answer."""
    known = backstage.user_keys[0].id
    assert keys.key(known) is not None
    backstage.down()
    clock.pass_by(hours=2)
    assert keys.key(known) is not None
    with pytest.raises(Unavailable, match="cannot fetch the keys"):
        keys.key("made-up")
    backstage.up()
    backstage.fail(USER_KEYS, 200, body="<html>")
    clock.pass_by(seconds=61)
    assert keys.key(known) is not None


def test_without_any_key_ten_calls_send_one_request(
    backstage: BackstageAuth, clock: Clock, keys: Keys[EllipticCurvePublicKey]
) -> None:
    """Every call fails at once, and the next request is sent after the pause."""
    backstage.fail(USER_KEYS, 500, times=1)
    for number in range(10):
        with pytest.raises(Unavailable):
            keys.key(f"id-{number}")
    assert len(backstage.log) == 1
    clock.pass_by(seconds=6)
    assert keys.key(backstage.user_keys[0].id) is not None


def test_a_withdrawn_key_is_not_used_any_more(
    backstage: BackstageAuth, clock: Clock, keys: Keys[EllipticCurvePublicKey]
) -> None:
    """The keys are read again every ten minutes."""
    old = backstage.user_keys[0].id
    assert keys.key(old) is not None
    backstage.rotate()
    assert keys.key(old) is not None
    clock.pass_by(minutes=10)
    assert keys.key(old) is None


def test_a_key_set_that_is_too_large_is_not_read(backstage: BackstageAuth, keys: Keys[EllipticCurvePublicKey]) -> None:
    """More than a quarter of a megabyte is a failure."""
    backstage.fail(USER_KEYS, 200, body=" " * (256 * 1024) + '{"keys": []}')
    with pytest.raises(Unavailable):
        keys.key("any")


def test_a_failure_keeps_its_cause_and_its_time(
    backstage: BackstageAuth, clock: Clock, keys: Keys[EllipticCurvePublicKey]
) -> None:
    """A Retry-After of Backstage is obeyed and passed on, also to callers who cause no request."""
    backstage.fail(USER_KEYS, 429, headers={"Retry-After": "40"})
    asked_at = clock.now()
    for seconds in (0, 30):
        clock.pass_by(seconds=seconds)
        with pytest.raises(Unavailable, match="answered 429") as raised:
            keys.key("any")
        assert raised.value.retry_at == asked_at + timedelta(seconds=40)
    assert len(backstage.log) == 1
    clock.pass_by(seconds=10)
    assert keys.key(backstage.user_keys[0].id) is not None


def test_a_missing_setting_is_named_and_logged_once(
    backstage: BackstageAuth, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """An address that is not allowed stays refused until a setting is changed."""
    not_listed = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)
    keys = Keys(f"{backstage.url}{USER_KEYS}", not_listed, clock.now, read_key_set)
    for _ in range(3):
        with pytest.raises(AddressRefused, match=r"list .* in IMAGE_FACTORY_INSECURE_REGISTRIES"):
            keys.key("any")
        clock.pass_by(minutes=1)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
