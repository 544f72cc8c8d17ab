"""Which token belongs to the address of a git repository. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from proxy.secrets.secret import Secret

_HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class HostTokens:
    """The tokens of git servers by host and port. A token is sent by https only, and only to the server it is for."""

    _tokens: tuple[tuple[tuple[str, int], Secret], ...] = field(default=(), repr=False)

    @classmethod
    def of_sites(cls, sites: Iterable[tuple[str, Secret | None]]) -> Self:
        """Make them from addresses of servers, such as https://gitlab.com, each with its token.

        A server without https, or without a token, is left out.
        """
        places = ((_place(site), token) for site, token in sites)
        return cls(tuple((place, token) for place, token in places if place and token))

    def for_address(self, address: str) -> Secret | None:
        """The token for an address; None for another server, for an address with a user, and without https."""
        return dict(self._tokens).get(place) if (place := _place(address)) else None


def _place(address: str) -> tuple[str, int] | None:
    """Host and port of an https address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        return None
    return host.rstrip("."), _HTTPS_PORT if port is None else port
