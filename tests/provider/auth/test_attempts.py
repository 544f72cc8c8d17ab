"""Tests of the limit for sign-in attempts."""

from datetime import UTC, datetime, timedelta

from provider.auth.attempts import MOST_FAILURES, WITHIN, Attempts

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def _failing(address: str | None, times: int) -> Attempts:
    attempts = Attempts()
    for second in range(times):
        attempts.failed(address, NOW + timedelta(seconds=second))
    return attempts


def test_an_address_waits_after_too_many_failures() -> None:
    """It waits until the first failure is old; another address does not wait."""
    attempts = _failing("192.0.2.1", MOST_FAILURES)
    later = NOW + timedelta(minutes=1)
    assert attempts.wait("192.0.2.1", later) == WITHIN - timedelta(minutes=1)
    assert attempts.wait("192.0.2.2", later) is None
    assert attempts.wait("192.0.2.1", NOW + WITHIN) is None
    assert _failing("192.0.2.1", MOST_FAILURES - 1).wait("192.0.2.1", later) is None


def test_an_ipv6_network_counts_as_one_address() -> None:
    """One person can have 2**64 IPv6 addresses."""
    attempts = _failing("2001:db8:1:2::1", MOST_FAILURES)
    assert attempts.wait("2001:db8:1:2:ffff::9", NOW + timedelta(minutes=1))
    assert attempts.wait("2001:db8:1:3::1", NOW + timedelta(minutes=1)) is None


def test_many_addresses_do_not_fill_the_memory() -> None:
    """The oldest failures are deleted."""
    attempts = _failing("192.0.2.1", MOST_FAILURES)
    for number in range(2_000):
        attempts.failed(f"10.0.{number // 250}.{number % 250}", NOW + timedelta(seconds=30))
    assert len(attempts._failures) <= 1_000
    assert attempts.wait("192.0.2.1", NOW + timedelta(minutes=1)) is None
