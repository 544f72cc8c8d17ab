"""Which IP addresses are public: those of no special range.

The ranges are those of IANA's registries of 2026-08: "IANA IPv4 Special-Purpose Address Registry"
(iana.org/assignments/iana-ipv4-special-registry), "IANA IPv6 Special-Purpose Address Registry"
(iana.org/assignments/iana-ipv6-special-registry) and "Internet Protocol Version 6 Address Space"
(iana.org/assignments/ipv6-address-space). The table is our own, because the one of `ipaddress` differs between releases
of Python: in 3.11.7 192.0.0.192 counts as global. A special range is refused even where the registry calls it globally
reachable: no registry, git server or API is at an anycast address of a protocol.
"""

import ipaddress
from typing import NamedTuple

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class _Carrier(NamedTuple):
    """IPv6 addresses that carry an IPv4 address, which decides; `shift`: the number of bits after it."""

    network: ipaddress.IPv6Network
    shift: int


_SPECIAL_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, and the metadata services of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is a metadata service too
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112, a sink for queries about private addresses
            "192.52.193.0/24",  # automatic multicast tunnelling
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
            # Not IANA's: only a virtual machine in Azure reaches it, and Azure's own agent asks it for certificates
            # (learn.microsoft.com, "What is IP address 168.63.129.16?").
            "168.63.129.16/32",
        ),
    )
)

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Loopback, link-local, unique local, multicast, local NAT64 (64:ff9b:1::/48), discard (100::/64) and segment routing
# (5f00::/16) are outside 2000::/3.
_SPECIAL_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, AMT, AS112
            "2001:db8::/32",  # documentation
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
# RFC 4291 (mapped, and the deprecated "compatible" form), RFC 6052 (NAT64), RFC 3056 (6to4).
_CARRIERS = (
    _Carrier(ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    _Carrier(ipaddress.IPv6Network("::/96"), 0),
    _Carrier(ipaddress.IPv6Network("64:ff9b::/96"), 0),
    _Carrier(ipaddress.IPv6Network("2002::/16"), 80),
)
_V4_BITS = 0xFFFFFFFF


def is_public(address: IpAddress) -> bool:
    """Whether an address is in no special range; of an IPv6 address that carries an IPv4 address, the latter counts."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    carrier = next((each for each in _CARRIERS if address in each.network), None)
    if carrier is not None:
        return is_public(ipaddress.IPv4Address(int(address) >> carrier.shift & _V4_BITS))
    return address in _GLOBAL_V6 and not any(address in network for network in _SPECIAL_V6)
