"""HTTP requests: deadlines, size limits, repeats, redirects. Knows nothing about registries."""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from proxy.deadline import Deadline, Monotonic, ends_by
from proxy.errors import AddressRefused, Garbage, OutsideFailure, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.clock_skew import ClockDifference, ClockSkew
from proxy.http.curl.failures import TransferFailed, TransferFault
from proxy.http.curl.handle import CONNECT_SECONDS
from proxy.http.curl.headers import header_lines
from proxy.http.curl.loop import READ_SECONDS, TransferLoop
from proxy.http.curl.outcomes import UNREACHABLE, note_outcome, outcome_of
from proxy.http.curl.transfer import MOST_HEADER_BYTES, Received, Route, Taker, Transfer
from proxy.http.exchange import SAFE_METHODS, Answer, Request
from proxy.http.hosts import HostState, KnownHosts
from proxy.http.printable import printable
from proxy.http.redirects import redirect_target, redirected
from proxy.http.trust import NO_CLIENT_CERTIFICATES, ClientCertificates, TrustedCertificates, system_certificates
from proxy.observing.context import current_span
from proxy.observing.event_log import EventLog
from proxy.observing.span import SpanKind, TraceSpan
from proxy.observing.spans import begin, span
from proxy.places import take_place

WHOLE_SECONDS = 20.0
"""A request ends after this time as a whole, with its repeats and redirects."""

DEFAULT_LIMIT = 1024 * 1024
_REPEATS = 2
_BACKOFF_SECONDS = 0.2
_REDIRECTS = 3
_log = EventLog(__name__)
_REPEATED_STATUSES = frozenset({502, 503, 504})
_CAUSES: Mapping[TransferFault, str] = {
    TransferFault.NO_CONNECTION: "refused the connection or cannot be reached",
    TransferFault.SLOW_CONNECTION: f"accepted no connection within {CONNECT_SECONDS:g} s",
    TransferFault.TLS: "could not agree on TLS, or has a certificate that is not trusted",
    TransferFault.SILENT: f"sent nothing for {READ_SECONDS:g} s",
    TransferFault.BROKEN: "broke the connection",
    TransferFault.BUSY: "is busy with earlier requests of this service",
}


@dataclass(frozen=True, slots=True)
class BegunExchange:
    """An exchange for which no thread waits."""

    host: HostState
    transfer: Transfer
    span: TraceSpan


class Transport:
    """Sends requests to hosts that the policy allows. Safe to use from many threads; `close` it at the end.

    Args:
        policy: which hosts may be reached, and how.
        now: the time, in UTC.
        sleep: waits this number of seconds before a request is repeated.
        trusted: the certificates that hosts may have; None: those that the system trusts.
        clients: the certificates that this service shows to hosts.
        jitter: returns a number from 0 to 1 for each wait.
        connections: requests to one host at the same time.
        whole_seconds: how long a request may take as a whole, however slowly its parts proceed.
        monotonic: the clock of that time.
        counted: is called with the host and the outcome of each exchange.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        trusted: TrustedCertificates | None = None,
        clients: ClientCertificates = NO_CLIENT_CERTIFICATES,
        jitter: Callable[[], float] = random.random,
        connections: int = 64,
        whole_seconds: float = WHOLE_SECONDS,
        monotonic: Monotonic = time.monotonic,
        counted: Callable[[str, str], None] = lambda _host, _outcome: None,
    ) -> None:
        self._counted = counted
        self.policy = policy
        self.now = now
        self.sleep = sleep
        self._clients = clients
        self._jitter = jitter
        self._whole_seconds = whole_seconds
        self._monotonic = monotonic
        self._skew = ClockSkew(monotonic)
        self._hosts = KnownHosts(connections)
        self._loop = TransferLoop(trusted or system_certificates(os.environ))

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        limit: int = DEFAULT_LIMIT,
        other_hosts: bool = False,
    ) -> Answer:
        """Send one request and read its answer, of any status.

        GET and HEAD are repeated at most twice after a broken connection or a 502, 503 or 504 (not if the answer has
        a Retry-After), and follow at most three redirects on the same host. All of this together takes at most the
        time for the whole request: also the resolution of names, connecting, the TLS handshake, and the last byte of
        the body.

        Args:
            method: the HTTP method.
            url: absolute; http only for hosts that the policy lists as insecure.
            headers: all headers of the request.
            body: for POST.
            limit: the most bytes of the answer's body.
            other_hosts: follow redirects to other hosts too, without Authorization.

        Raises:
            Unreachable: no connection, or the host's certificate is not trusted.
            Unavailable: no answer in time, or a broken connection.
            AddressRefused: the address is invalid, or the host's address or protocol is not allowed.
            Garbage: body or headers are too large, or a redirect leads to another host or to an invalid address.
            NoPlace: this thread may not wait for another host now; nothing was sent.
        """
        take_place()
        request = Request(method, url, headers, body, limit)
        deadline = Deadline.after(self._whole_seconds, self._monotonic)
        with ends_by(deadline):
            for _ in range(_REDIRECTS + 1):
                answer = self._with_repeats(request, deadline)
                target = redirect_target(request, answer)
                if target is None:
                    return answer
                request = redirected(request, target, other_hosts=other_hosts)
        raise Garbage(f"{method} {printable(url)} was redirected more than {_REDIRECTS} times")

    def begin(self, request: Request, taker: Taker) -> "BegunExchange | None":
        """Begin one exchange, for which no thread waits: without repeats and redirects, which need `request`.

        Args:
            request: GET or HEAD.
            taker: gets the outcome, on another thread; it belongs to `ended`.

        Returns:
            None if it cannot begin now: `request` waits, or says why.
        """
        try:
            host, url = self._hosts.of(request.url, self.policy)
            lines = header_lines(request.headers, has_body=request.body is not None)
            if not host.take_turn():
                return None
        except (OutsideFailure, ValueError):
            return None
        try:
            deadline = Deadline.after(self._whole_seconds, self._monotonic)
            transfer = Transfer(request, self._route(host, url), lines, deadline, taker)
            self._loop.begin(transfer)
        except (OutsideFailure, TransferFailed):
            host.end_turn()
            return None
        current = begin(request.method, SpanKind.REQUEST)
        current.note("server.address", host.name)
        return BegunExchange(host, transfer, current)

    def ended(self, begun: "BegunExchange", outcome: Received | TransferFailed) -> Answer | None:
        """The answer of an exchange that was begun; None if there is none. Called once for each."""
        host, request = begun.host, begun.transfer.request
        host.end_turn()
        note_outcome(begun.span, None if isinstance(outcome, TransferFailed) else outcome.status)
        begun.span.end()
        if isinstance(outcome, TransferFailed):
            self._note_failure(host, outcome)
            return None
        return self._answered(host, request, outcome)

    def give_up(self, begun: "BegunExchange") -> None:
        """End an exchange whose outcome was not taken and is not needed."""
        self._loop.give_up(begun.transfer)
        begun.host.end_turn()
        begun.span.end()

    def clock_skew(self) -> ClockDifference | None:
        """Our clock minus the clocks of the hosts that have answered; None before the first answer."""
        return self._skew.estimate(self.now())

    def close(self) -> None:
        """Close every connection; requests that are in progress fail, and so do later ones."""
        self._loop.close()

    def _with_repeats(self, request: Request, deadline: Deadline) -> Answer:
        repeats = _REPEATS if request.method in SAFE_METHODS else 0
        for attempt in range(repeats + 1):
            wait = _BACKOFF_SECONDS * 2**attempt * (0.5 + self._jitter())
            try:
                answer = self._once(request, deadline)
            except TransferFailed as failed:
                if failed.fault is not TransferFault.BROKEN or attempt == repeats or deadline.left <= wait:
                    raise self._failure(request, failed, deadline) from failed
            else:
                if answer.status not in _REPEATED_STATUSES or "retry-after" in answer.headers:
                    return answer
                if attempt == repeats or deadline.left <= wait:
                    return answer
            self.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, request: Request, deadline: Deadline) -> Answer:
        host, url = self._hosts.of(request.url, self.policy)
        with span(request.method, SpanKind.REQUEST) as current:
            current.note("server.address", host.name)
            try:
                headers = {**request.headers, **current.headers(host.name)}
                lines = header_lines(headers, has_body=request.body is not None)
            except ValueError as error:
                raise Garbage(f"{request.method} {printable(request.url)} was not sent: {error}") from error
            with host.turn(deadline):
                route = self._route(host, url)
                if deadline.passed:
                    raise TransferFailed(TransferFault.LATE, sent=False)
                received = self._received(host, Transfer(request, route, lines, deadline))
            note_outcome(current, received.status)
            return self._answered(host, request, received)

    def _answered(self, host: HostState, request: Request, received: Received) -> Answer:
        if _log.debugs:
            _log.debug(
                "upstream_answered",
                "{method} {address}: {status}",
                method=request.method,
                address=printable(request.url),
                status=received.status,
            )
        host.answered(received)
        self._counted(host.name, outcome_of(received.status))
        self._skew.observe(host.root.partition("://")[2], received.headers, self.now())
        return Answer(received.status, received.headers, received.body, request.url)

    def _route(self, host: HostState, url: str) -> Route:
        addresses, client = host.addresses(), self._clients.of(host.name, host.port)
        return Route(url, host.connect_to, addresses, host.proxy, client, shares=host.multiplexes)

    def _received(self, host: HostState, transfer: Transfer) -> Received:
        try:
            return self._loop.run(transfer)
        except TransferFailed as failed:
            note_outcome(current_span(), None)
            self._note_failure(host, failed)
            raise

    def _note_failure(self, host: HostState, failed: TransferFailed) -> None:
        self._counted(host.name, UNREACHABLE)
        if not failed.sent:
            host.failed()

    def _failure(
        self, request: Request, failed: TransferFailed, deadline: Deadline
    ) -> Unavailable | Garbage | AddressRefused:
        what, host = f"{request.method} {printable(request.url)}", urlsplit(request.url).netloc
        match failed.fault:
            case TransferFault.UNREADABLE:
                return Garbage(f"{what}: the answer cannot be read; retried later")
            case TransferFault.LONG_HEADERS:
                return Garbage(f"{what} answered more than {MOST_HEADER_BYTES // 1024} KiB of headers; retried later")
            case TransferFault.LONG_BODY:
                return Garbage(f"{what} answered more than {request.limit} bytes")
            case TransferFault.ADDRESS:
                return AddressRefused(f"{what} was not sent: {failed.detail} is not an address that was checked")
            case TransferFault.CLOSED:
                return Unreachable(f"{what} was not sent or given up, because this service is ending")
            case TransferFault.PROXY:
                return Unreachable(
                    f"{what} was not sent: the egress proxy {failed.detail}; check IMAGE_FACTORY_EGRESS_PROXY (or "
                    "HTTPS_PROXY and HTTP_PROXY), and what the proxy allows; retried later"
                )
            case fault:
                late = fault is TransferFault.LATE or deadline.passed
                cause = f"did not answer completely within {self._whole_seconds:g} s" if late else _CAUSES[fault]
                kind = Unavailable if failed.sent else Unreachable
                return kind(f"{host} {cause} ({what}); retried later")
