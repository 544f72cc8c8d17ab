"""Which hosts may be reached, and by which protocol.

Dockerfiles, challenges and redirects contain host names. None of them may lead to our own network, unless an operator
listed the host.
"""

import functools
import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from proxy.errors import AddressRefused, Unreachable
from proxy.http.egress import Egress
from proxy.http.origin import DEFAULT_PORTS
from proxy.http.public_addresses import is_public
from proxy.http.resolving import SystemResolver

Scheme = Literal["http", "https"]
Resolver = Callable[[str, int], Iterable[str]]
"""Returns the addresses of a host name and a port, as text; raises OSError if there are none."""

_HOST = re.compile(r"[\w.:\[\]-]+")


def split_host(host: str) -> tuple[str, int | None]:
    """`host[:port]` (IPv6 in brackets) as lower-case name and port.

    Raises:
        AddressRefused: the text is not a host.
    """
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    if not name or not _HOST.fullmatch(host):
        # The text before an '@' can be a password.
        shown = f"...@{host.rpartition('@')[2]}" if "@" in host else host
        raise AddressRefused(
            f"{shown!r} is not a host; write for example registry.example.com or registry.example.com:5000"
        )
    return name.rstrip("."), port


def plain_http_allowed(name: str, port: int | None, listed: Collection[str]) -> bool:
    """Whether a host may be asked by plain http.

    Args:
        name: of the host, an IPv6 address without brackets.
        port: None: 80.
        listed: `host` (all its ports) or `host:port`, IPv6 addresses in brackets; the setting
            IMAGE_FACTORY_INSECURE_REGISTRIES.

    Raises:
        AddressRefused: an entry of the list is not a host.
    """
    return _listed(frozenset(map(split_host, listed)), name.lower().rstrip("."), port or DEFAULT_PORTS["http"])


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Refuses hosts at loopback, link-local, private and reserved addresses, and plain http, unless they are listed.

    Args:
        private_hosts: hosts that may be at such addresses, `host` (all its ports) or `host:port`.
        insecure_registries: hosts that are reached by plain http; they may be at such addresses too.
        resolver: called at most once a minute for each host. Connections go only to the addresses that were checked, so
            a name that resolves differently a moment later changes nothing.
        egress: the proxies that hosts are asked through. A proxy resolves names itself, so of such a host only the name
            is checked.
        named_hosts: returns further hosts that may be at such addresses, called for each connection.
    """

    private_hosts: Collection[str] = ()
    insecure_registries: Collection[str] = ()
    resolver: Resolver = field(default_factory=SystemResolver)
    egress: Egress = field(default_factory=Egress)
    named_hosts: Callable[[], frozenset[str]] = frozenset
    _private: frozenset[tuple[str, int | None]] = field(init=False, repr=False)
    _insecure: frozenset[tuple[str, int | None]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_private", frozenset(map(split_host, self.private_hosts)))
        object.__setattr__(self, "_insecure", frozenset(map(split_host, self.insecure_registries)))

    def with_mirrors(self, mirrors: Iterable[str]) -> "AddressPolicy":
        """The same policy with the hosts of mirrors (`http://127.0.0.1:5000`) listed, http ones as insecure."""
        parts = [urlsplit(mirror) for mirror in mirrors]
        return AddressPolicy(
            (*self.private_hosts, *(part.netloc for part in parts)),
            (*self.insecure_registries, *(part.netloc for part in parts if part.scheme == "http")),
            self.resolver,
            self.egress,
            self.named_hosts,
        )

    def scheme(self, host: str) -> Scheme:
        """`http` for a host listed as insecure, otherwise `https`."""
        name, port = split_host(host)
        return "http" if plain_http_allowed(name, port, self.insecure_registries) else "https"

    def allowed_scheme(self, scheme: str, host: str) -> Scheme:
        """The scheme of an address, if the host may be reached by it.

        Raises:
            AddressRefused: it is neither https nor http for a host listed as insecure.
        """
        listed = self.scheme(host)
        match scheme:
            case "https":
                return "https"
            case "http" if listed == "http":
                return "http"
            case _:
                raise AddressRefused(
                    f"{scheme}://{host} is not https; "
                    f"list {host} in IMAGE_FACTORY_INSECURE_REGISTRIES to allow plain http"
                )

    def lists(self, host: str) -> bool:
        """Whether an operator listed the host, so that it may be at any address."""
        name, port = split_host(host)
        return self._lists(name, port or DEFAULT_PORTS[self.scheme(host)])

    def check(self, host: str) -> None:
        """Check a host (`host[:port]`) without sending it a request.

        Raises:
            AddressRefused: it is at an address that only a listed host may have.
            Unreachable: its name does not resolve.
        """
        (name, port), scheme = split_host(host), self.scheme(host)
        port = port or DEFAULT_PORTS[scheme]
        if self.egress.proxy_of(scheme, name, port):
            self.check_name(name, port)
        else:
            self.addresses(name, port)

    def check_name(self, name: str, port: int) -> None:
        """Check the name of a host that is asked through a proxy: it is not resolved here.

        Raises:
            AddressRefused: it is written as an address that only a listed host may have.
        """
        try:
            # Also 127.1, 2130706433 and 0x7f.1, which a proxy may read as addresses as the system does.
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return
        self._check(name, port, [str(entry[4][0]) for entry in found])

    def addresses(self, name: str, port: int) -> list[str]:
        """The addresses to connect to, all of them checked.

        Raises:
            AddressRefused: one of them is an address that only a listed host may have.
            Unreachable: the name does not resolve.
        """
        try:
            found = list(self.resolver(name, port))
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{name} does not resolve: {error}; retried later") from error
        if not found:
            raise Unreachable(f"{name} does not resolve to any address; retried later")
        self._check(name, port, found)
        return found

    def _check(self, name: str, port: int, found: Iterable[str]) -> None:
        if not self._lists(name.lower().rstrip("."), port):
            for address in found:
                _check_address(name, port, address)

    def _lists(self, name: str, port: int) -> bool:
        return _listed(self._private | self._insecure | _split_all(self.named_hosts()), name, port)


@functools.lru_cache(maxsize=8)
def _split_all(hosts: frozenset[str]) -> frozenset[tuple[str, int | None]]:
    return frozenset(map(split_host, hosts))


def _listed(entries: frozenset[tuple[str, int | None]], name: str, port: int) -> bool:
    return (name, None) in entries or (name, port) in entries


def _check_address(name: str, port: int, text: str) -> None:
    address = ipaddress.ip_address(text.partition("%")[0])
    if not is_public(address):
        raise AddressRefused(
            f"{name}:{port} is at {address}, which is not a public address; "
            f"list {name} in IMAGE_FACTORY_PRIVATE_HOSTS to allow it"
        )
