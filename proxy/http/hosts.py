"""What the transport knows of each host: its addresses, its requests in progress, and its protocol."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import idna

from proxy.deadline import Deadline
from proxy.errors import AddressRefused, Unreachable
from proxy.http.addresses import AddressPolicy, split_host
from proxy.http.curl.failures import TransferFailed, TransferFault
from proxy.http.curl.transfer import Received
from proxy.http.egress import ProxyAddress
from proxy.http.origin import WEB_PORTS
from proxy.http.resolving import SystemResolver

ADDRESSES_KEPT_SECONDS = 60.0
"""So long the addresses of a name are used for new connections: as long as libcurl keeps them by default."""

# A name with many addresses that do not answer must not take all the time for connecting.
_ADDRESSES_TRIED = 4
_FIRST_ALONE_SECONDS = 1.0
_ORIGINS_KEPT = 256
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)")
_TO_BE_ENCODED = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]|%(?![0-9A-Fa-f]{2})")
_resolve_proxy = SystemResolver()


class HostState:
    """One host by one scheme. Safe to use from many threads.

    Args:
        scheme: https or http, as the policy allows it.
        name: of the host, ASCII; an IPv6 address without brackets.
        port: its port.
        policy: says which addresses it may have, and whether it is asked through a proxy.
        connections: requests at the same time.

    Attributes:
        multiplexes: whether its last answer came by HTTP/2.
    """

    def __init__(self, scheme: str, name: str, port: int, *, policy: AddressPolicy, connections: int) -> None:
        self.scheme = scheme
        self.name = name
        self.port = port
        self.policy = policy
        self.proxy: ProxyAddress | None = policy.egress.proxy_of(scheme, name, port)
        self.multiplexes = False
        self._slots: SimpleQueue[None] = SimpleQueue()
        for _ in range(connections):
            self._slots.put(None)
        self._first = threading.Lock()
        # Plain http is always HTTP/1.1, so nothing has to be learned.
        self._known = threading.Event()
        if scheme == "http":
            self._known.set()
        self._addresses: tuple[str, ...] = ()
        self._valid_until = 0.0

    @property
    def root(self) -> str:
        """Scheme, host and port; the port only where it is not the scheme's."""
        host = f"[{self.name}]" if ":" in self.name else self.name
        return f"{self.scheme}://{host}" + ("" if self.port == WEB_PORTS[self.scheme] else f":{self.port}")

    @property
    def connect_to(self) -> str:
        """`name:port` of what the connection goes to."""
        name, port = (self.proxy.host, self.proxy.port) if self.proxy else (self.name, self.port)
        return f"{f'[{name}]' if ':' in name else name}:{port}"

    def addresses(self) -> tuple[str, ...]:
        """The addresses to connect to: the host's, checked, or its proxy's.

        Raises:
            AddressRefused: the host may not be reached at its address.
            Unreachable: the name does not resolve.
        """
        if self.proxy:
            self.policy.check_name(self.name, self.port)
        now = time.monotonic()
        if now >= self._valid_until:
            self._addresses = self._resolved()
            self._valid_until = now + ADDRESSES_KEPT_SECONDS
        return self._addresses

    @contextlib.contextmanager
    def turn(self, deadline: Deadline) -> Iterator[None]:
        """Hold one of the requests that the host gets at a time.

        The first one goes alone, for a second at most: its answer shows whether others can share its connection.
        libcurl would open one for each, or, if it had to wait for that itself, one after the other.

        Raises:
            TransferFailed: all are taken until the deadline.
        """
        try:
            self._slots.get(timeout=deadline.left)
        except Empty:
            raise TransferFailed(TransferFault.BUSY, sent=False) from None
        try:
            if self._known.is_set():
                yield
            elif self._first.acquire(blocking=False):
                try:
                    yield
                finally:
                    self._known.set()
                    self._first.release()
            else:
                self._known.wait(min(_FIRST_ALONE_SECONDS, deadline.left))
                yield
        finally:
            self._slots.put(None)

    def take_turn(self) -> bool:
        """Take one of the requests that the host gets at a time, without waiting; `end_turn` gives it back.

        False if all are taken, or the host has not answered yet: the first request goes alone.
        """
        if not self._known.is_set():
            return False
        try:
            self._slots.get_nowait()
        except Empty:
            return False
        return True

    def end_turn(self) -> None:
        """Give back what `take_turn` took."""
        self._slots.put(None)

    def answered(self, received: Received) -> None:
        """Note by which protocol it answers."""
        self.multiplexes = received.multiplexed

    def failed(self) -> None:
        """Note that it could not be connected to: its addresses may have changed."""
        self._valid_until = 0.0

    def _resolved(self) -> tuple[str, ...]:
        if self.proxy is None:
            return tuple(self.policy.addresses(self.name, self.port))[:_ADDRESSES_TRIED]
        try:
            return tuple(_resolve_proxy(self.proxy.host, self.proxy.port))[:_ADDRESSES_TRIED]
        except (OSError, UnicodeError) as error:
            raise Unreachable(
                f"the proxy {self.proxy.host} does not resolve: {error} (IMAGE_FACTORY_EGRESS_PROXY, or the proxy "
                "variables of the environment); retried later"
            ) from error


class KnownHosts:
    """The hosts that were asked last, at most 256. Safe to use from many threads.

    Args:
        connections: requests to one host at the same time.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], HostState] = {}

    def of(self, url: str, policy: AddressPolicy) -> tuple[HostState, str]:
        """The host of an address, and the address as it is sent: ASCII, without a fragment.

        Raises:
            AddressRefused: the address is invalid, or its protocol is not allowed for its host.
        """
        found = _ADDRESS.match(url)
        scheme, netloc, target = found.groups() if found else ("", url, "")
        host = self._known.get((scheme, netloc))
        if host is None or host.policy is not policy:
            host = self._learn(scheme.lower(), netloc, policy)
        if _TO_BE_ENCODED.search(target):
            target = _TO_BE_ENCODED.sub(_encoded, target)
        return host, f"{host.root}{target}" if target.startswith("/") else f"{host.root}/{target}"

    def _learn(self, scheme: str, netloc: str, policy: AddressPolicy) -> HostState:
        allowed = policy.allowed_scheme(scheme, netloc)
        name, port = split_host(netloc)
        host = HostState(
            allowed, _ascii(name), port or WEB_PORTS[allowed], policy=policy, connections=self._connections
        )
        with self._lock:
            if (known := self._known.get((scheme, netloc))) and known.policy is policy:
                return known
            if len(self._known) >= _ORIGINS_KEPT:
                del self._known[next(iter(self._known))]
            self._known[scheme, netloc] = host
            return host


def _ascii(name: str) -> str:
    """The name as it is sent and resolved."""
    if name.isascii():
        return name
    try:
        return idna.encode(name, strict=True, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise AddressRefused(f"{name!r} is not a valid host name: a request to it was not sent") from error


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
