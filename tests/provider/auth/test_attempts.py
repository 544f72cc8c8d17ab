"""Tests of how often somebody may try to sign in."""

from datetime import UTC, datetime, timedelta

from provider.auth.attempts import MOST_FAILURES, WITHIN, Attempts

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def _failing(address: str | None, times: int) -> Attempts:
    attempts = Attempts()
    for second in range(times):
        attempts.failed(address, NOW + timedelta(seconds=second))
    return attempts


def test_an_address_waits_after_too_many_failures() -> None:
    """Until the first of them is long ago; another address does not."""
    attempts = _failing("192.0.2.1", MOST_FAILURES)
    later = NOW + timedelta(minutes=1)
    assert attempts.wait("192.0.2.1", later) == WITHIN - timedelta(minutes=1)
    assert attempts.wait("192.0.2.2", later) is None
    assert attempts.wait("192.0.2.1", NOW + WITHIN) is None
    assert _failing("192.0.2.1", MOST_FAILURES - 1).wait("192.0.2.1", later) is None


def test_a_network_of_version_6_is_one_address() -> None:
    """One person has 2**64 of them."""
    attempts = _failing("2001:db8:1:2::1", MOST_FAILURES)
    assert attempts.wait("2001:db8:1:2:ffff::9", NOW + timedelta(minutes=1))
    assert attempts.wait("2001:db8:1:3::1", NOW + timedelta(minutes=1)) is None


def test_many_addresses_do_not_fill_the_memory() -> None:
    """Those that failed first are forgotten."""
    attempts = _failing("192.0.2.1", MOST_FAILURES)
    for number in range(2_000):
        attempts.failed(f"10.0.{number // 250}.{number % 250}", NOW + timedelta(seconds=30))
    assert len(attempts._failures) <= 1_000
    assert attempts.wait("192.0.2.1", NOW + timedelta(minutes=1)) is None
