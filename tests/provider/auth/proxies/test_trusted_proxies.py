"""Tests of the address of the client behind proxies."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.proxies.trusted_proxies import TrustedProxies

PROXIES = TrustedProxies(tuple(map(ipaddress.ip_network, ("10.0.0.0/24", "192.0.2.7", "fd00::/8"))))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.1", None, "198.51.100.1"),
        # Nobody else is believed.
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
        ("10.0.0.7", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.7", "203.0.113.9", "203.0.113.9"),
        # Two proxies, and what a client wrote before them.
        ("10.0.0.7", "127.0.0.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        ("10.0.0.7", "203.0.113.9, unknown", "10.0.0.7"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "10.0.0.8", "10.0.0.8"),
        ("fd00::1", " 2001:db8::1 ", "2001:db8::1"),
        ("10.0.0.7", "203.0.113.9:4711", "10.0.0.7"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy(peer: str, forwarded: str | None, client: str) -> None:
    """What stands before it may be anything."""
    assert PROXIES.client(peer, forwarded) == client


@given(st.text(max_size=60))
def test_whoever_is_no_proxy_has_one_address(forwarded: str) -> None:
    """Whatever it writes; and a proxy is never an error."""
    assert PROXIES.client("198.51.100.1", forwarded) == "198.51.100.1"
    assert PROXIES.client("10.0.0.7", f"{forwarded}, 203.0.113.9") == "203.0.113.9"
    assert PROXIES.client("10.0.0.7", forwarded)


def test_without_proxies_nobody_is_believed() -> None:
    """As before the setting."""
    assert TrustedProxies().client("10.0.0.7", "203.0.113.9") == "10.0.0.7"
    assert not TrustedProxies().include("10.0.0.7")
