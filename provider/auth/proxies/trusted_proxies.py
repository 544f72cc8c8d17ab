"""The proxies that are believed when they say for whom they send a request. Pure."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A longer chain is written by nobody but an attacker.
_MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Their addresses; without any, nobody is believed."""

    networks: Sequence[Network] = ()

    def include(self, address: str | None) -> bool:
        """Whether this is the address of such a proxy."""
        found = _address(address)
        return found is not None and any(found in network for network in self.networks)

    def client(self, peer: str, forwarded: str | None) -> str:
        """The address for which a request was sent: the last in X-Forwarded-For that is not of such a proxy.

        Each proxy adds the address that connected to it at the end, so what stands before the first unknown address,
        read from the end, may be anything.

        Args:
            peer: the address that connected.
            forwarded: the header.
        """
        known = peer
        for text in reversed((forwarded or "").split(",")[-_MOST_ADDRESSES:]):
            found = _address(text.strip())
            if not self.include(known) or found is None:
                break
            known = str(found)
        return known


def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
