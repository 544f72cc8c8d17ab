"""One request on its way, and what has arrived of its answer."""

import os
import socket
import time
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Protocol

import pycurl

from proxy.deadline import Deadline
from proxy.http.curl.failures import TransferFailed, TransferFault, fault_of
from proxy.http.curl.headers import AnswerHeaders, last_head
from proxy.http.egress import ProxyAddress
from proxy.http.exchange import SAFE_METHODS, Request
from proxy.http.trust import ClientCertificate

MOST_HEADER_BYTES = 128 * 1024
"""More than that of header lines is no answer. Registries, GitHub and GitLab send less than 8 kB."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a request gets to its host.

    Attributes:
        url: the address: ASCII, without user and fragment.
        connect_to: the host whose addresses the connection goes to, `name:port`: the request's own, or the proxy's.
        addresses: these addresses, checked; no other one is connected to.
        proxy: that the request goes by; None: directly.
        client: the certificate for this host.
        shares: whether to wait for a connection that others use at the same time (HTTP/2), rather than open one.
    """

    url: str
    connect_to: str
    addresses: tuple[str, ...]
    proxy: ProxyAddress | None = None
    client: ClientCertificate | None = None
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A complete answer; `multiplexed`: it came by HTTP/2."""

    status: int
    headers: AnswerHeaders = field(repr=False)
    body: bytes = field(repr=False)
    multiplexed: bool


class Taker(Protocol):
    """Takes the outcome of a transfer for which no thread waits."""

    def put(self, outcome: "Received | TransferFailed") -> None:
        """Called once, on the thread of the loop; returns at once."""


class Transfer:
    """One request and its answer as far as it has arrived.

    The thread of the caller makes it and waits for its outcome; everything else happens on the thread of the loop.

    Args:
        taker: gets the outcome in place of the queue.

    Attributes:
        request: what is sent.
        route: where to.
        lines: the headers of the request, as libcurl takes them.
        deadline: when it is given up.
        taker: see the argument.
        heard_at: when something of it happened last, on the monotonic clock.
        outcome: one thing goes through this queue: the answer, or why there is none.
    """

    def __init__(
        self, request: Request, route: Route, lines: list[bytes], deadline: Deadline, taker: Taker | None = None
    ) -> None:
        self.request = request
        self.route = route
        self.lines = lines
        self.deadline = deadline
        self.taker = taker
        self.heard_at = time.monotonic()
        self.outcome: SimpleQueue[Received | TransferFailed] = SimpleQueue()
        self._sendings = 0
        self._fault: TransferFault | None = None
        self._detail = ""
        self._head: list[bytes] = []
        self._head_bytes = 0
        self._body: list[bytes] = []
        self._body_bytes = 0

    @property
    def sent(self) -> bool:
        """Whether any part of the request may have left."""
        return self._sendings > 0

    def opened(self, purpose: int, address: Any) -> "Descriptor | int":  # noqa: ARG002 - libcurl passes the purpose
        """Open the socket for a connection to a checked address; none to any other."""
        target = address.addr[0] if isinstance(address.addr, tuple) else ""
        if target.partition("%")[0] not in self.route.addresses:
            self._fault, self._detail = TransferFault.ADDRESS, target
            return pycurl.SOCKET_BAD
        return Descriptor(socket.socket(address.family, address.socktype, address.protocol).detach())

    def about_to_send(self, *_: object) -> int:
        """Called when the connection is there, before the request is sent; 1 stops it.

        libcurl sends a request again by itself if a connection that was used before ends without a byte of an answer.
        A request that changes something may have been carried out by then.
        """
        self.heard_at = time.monotonic()
        if self._sendings and self.request.method not in SAFE_METHODS:
            return pycurl.PREREQFUNC_ABORT
        self._sendings += 1
        return pycurl.PREREQFUNC_OK

    def header(self, line: bytes) -> int | None:
        """Keep one line of a head or of the trailers of a body."""
        self.heard_at = time.monotonic()
        self._head.append(line)
        self._head_bytes += len(line)
        if self._head_bytes > MOST_HEADER_BYTES:
            return self._too_long(TransferFault.LONG_HEADERS)
        return None

    def body(self, piece: bytes) -> int | None:
        """Keep a piece of the body, decompressed."""
        self.heard_at = time.monotonic()
        self._body_bytes += len(piece)
        if self._body_bytes > self.request.limit:
            return self._too_long(TransferFault.LONG_BODY)
        self._body.append(piece)
        return None

    def _too_long(self, fault: TransferFault) -> int:
        self._fault = self._or_late(fault)
        return -1

    def _or_late(self, fault: TransferFault) -> TransferFault:
        """A host that drips may reach this limit too, before the loop looks at the time."""
        return TransferFault.LATE if self.deadline.passed else fault

    def answer(self, curl: pycurl.Curl) -> Received:
        """The answer, now that it is complete."""
        multiplexed = curl.getinfo(pycurl.INFO_HTTP_VERSION) >= pycurl.CURL_HTTP_VERSION_2
        headers = AnswerHeaders(last_head(self._head))
        return Received(curl.getinfo(pycurl.RESPONSE_CODE), headers, b"".join(self._body), multiplexed)

    def broken(self, curl: pycurl.Curl, code: int) -> TransferFailed:
        """The failure that an error of libcurl means."""
        fault = self._fault
        if fault is None:
            status = curl.getinfo(pycurl.HTTP_CONNECTCODE)
            by_proxy = self.route.proxy is not None
            fault = fault_of(code, connected=self.sent, by_proxy=by_proxy, proxy_status=status)
            if fault is TransferFault.LONG_HEADERS:
                fault = self._or_late(fault)
            if fault is TransferFault.PROXY:
                self._detail = f"answered {status} to CONNECT" if status else "gave no connection"
        return self.failed(fault)

    def failed(self, fault: TransferFault) -> TransferFailed:
        """The failure for a reason that is not libcurl's."""
        # A connection that was used before may have ended, and no new one came. What only reads was not sent then.
        read_again = fault is TransferFault.NO_CONNECTION and self.request.method in SAFE_METHODS
        return TransferFailed(fault, sent=self.sent and not read_again, detail=self._detail)


class Descriptor:
    """An open socket by its number. pycurl duplicates it and drops this object, which closes the first one."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        """The number."""
        return self._number

    def __del__(self) -> None:
        os.close(self._number)
