"""The origin of an address: browsers and HTTP clients share credentials only within one origin. Pure."""

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

WEB_PORTS = {"http": 80, "https": 443}
DEFAULT_PORTS = {**WEB_PORTS, "ssh": 22}
"""The port of an address that names none, by its scheme."""


class Origin(NamedTuple):
    """Scheme, host and port (RFC 6454); the host in lower case, an IPv6 address in its short form without brackets."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin | None:
    """The origin of an absolute address by http or https; None if the text is not one."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    default = WEB_PORTS.get(parts.scheme)
    if not host or default is None:
        return None
    return Origin(parts.scheme, _short(host), default if port is None else port)


def _short(host: str) -> str:
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        return host
