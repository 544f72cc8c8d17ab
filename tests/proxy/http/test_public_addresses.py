"""Which IP addresses are public: each row of IANA's registries, and the addresses around it."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import AddressRefused
from proxy.http.addresses import AddressPolicy
from proxy.http.public_addresses import IpAddress, is_public

# The rows of both registries, in their order, and the ranges of the IPv6 address space that are not global unicast.
SPECIAL = (
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32", "192.0.0.171/32",
    "192.0.0.192/32", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32",
    "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128",
    "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28",
    "2001:30::/28", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
    "fec0::/10", "ff00::/8", "4000::/3", "6000::/3", "8000::/3", "a000::/3", "c000::/3", "e000::/4", "f000::/5",
    "f800::/6", "fe00::/9", "200::/7", "400::/6", "800::/5", "1000::/4",
)  # fmt: skip
CARRIED = ("::ffff:{}", "::{}", "64:ff9b::{}")
PUBLIC = (
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
    "223.255.255.255", "168.63.129.15", "168.63.129.17", "93.184.215.14",
    "2000::", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2606:4700::1111", "2620:4f:7fff::1", "2a00:1450::1",
    "3ffe:ffff::1", "3fff:1000::1",
)  # fmt: skip


@pytest.mark.parametrize("network", SPECIAL)
def test_no_address_of_a_special_range_is_public(network: str) -> None:
    """The first and the last address of each range are refused, and so is one between them."""
    row = ipaddress.ip_network(network)
    for address in (row[0], row[row.num_addresses // 2], row[-1]):
        assert not is_public(address), address


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_around_the_special_ranges_are_public(address: str) -> None:
    """The neighbours of the ranges may be reached."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("form", CARRIED)
@pytest.mark.parametrize("network", [row for row in SPECIAL if "." in row])
def test_a_carried_address_decides(form: str, network: str) -> None:
    """A mapped, compatible or NAT64 address is refused with the IPv4 address in its last bits."""
    row = ipaddress.IPv4Network(network)
    for address in (row[0], row[-1]):
        assert not is_public(ipaddress.IPv6Address(form.format(address)))


@pytest.mark.parametrize("form", CARRIED)
def test_a_carried_public_address_is_public(form: str) -> None:
    """A mapped or translated public address may be reached."""
    assert is_public(ipaddress.IPv6Address(form.format("93.184.215.14")))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("2002:7f00:1::", False),
        ("2002:a00:1::1", False),
        ("2002:c0a8:101::1", False),
        ("2002:a9fe:a9fe::", False),
        ("2002:c000:c0::", False),
        ("2002:5db8:d70e::1", True),
        # Teredo: the address of its server is public, the client behind it is not known.
        ("2001:0:5db8:d70e::1", False),
    ],
)
def test_addresses_of_tunnels(address: str, public: bool) -> None:
    """6to4 is decided by the carried address, and Teredo is refused."""
    assert is_public(ipaddress.ip_address(address)) is public


@given(st.ip_addresses())
def test_nothing_that_python_knows_as_private_is_public(address: IpAddress) -> None:
    """Our table refuses at least what the standard library refuses."""
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


def test_the_policy_asks_this_table() -> None:
    """A name that resolves to 192.0.0.192, which some releases of Python call global, is refused."""
    policy = AddressPolicy(resolver=lambda _host, _port: ["192.0.0.192"])

    with pytest.raises(AddressRefused, match="not a public address"):
        policy.check("registry.example.com")
