"""HTTP requests: connection pools, deadlines, size limits, retries, redirects. Knows nothing about registries."""

import math
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Retry, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    EmptyPoolError,
    HTTPError,
    InvalidHeader,
    LocationParseError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from proxy.deadline import Deadline, Monotonic, ends_by
from proxy.errors import AddressRefused, Garbage, Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.clock_skew import ClockSkew
from proxy.http.connections import CONNECT_SECONDS, open_pool
from proxy.http.exchange import SAFE_METHODS, Answer, Request
from proxy.http.limited_sockets import LimitedTLSSocket
from proxy.http.origin import DEFAULT_PORTS
from proxy.http.printable import keep_queries_out_of_logs, printable
from proxy.http.redirects import redirect_target, redirected

WHOLE_SECONDS = 20.0
"""A request ends after this time as a whole, with its repeats and redirects."""

READ_SECONDS = 15.0
DEFAULT_LIMIT = 1024 * 1024
_REPEATS = 2
_BACKOFF_SECONDS = 0.2
_REDIRECTS = 3
_POOLS_KEPT = 256
_REPEATED_STATUSES = frozenset({502, 503, 504})
# Shared, because creating one for every request costs more than sending it.
_NO_RETRIES = Retry(total=False, redirect=False)
_NO_CONNECTION = (NewConnectionError, ConnectTimeoutError, EmptyPoolError)
_UNREADABLE = (DecodeError, InvalidHeader, ValueError)
_CAUSES: tuple[tuple[type[HTTPError], str], ...] = (
    (NewConnectionError, "refused the connection or cannot be reached"),
    (ConnectTimeoutError, f"accepted no connection within {CONNECT_SECONDS:g} s"),
    (EmptyPoolError, "is busy with earlier requests of this service"),
    (ReadTimeoutError, f"sent nothing for {READ_SECONDS:g} s"),
    (SSLError, "could not agree on TLS, or has a certificate that is not trusted"),
    (ProtocolError, "broke the connection"),
)


class Transport:
    """Sends requests to hosts that the policy allows. Safe to use from many threads; `close` it at the end.

    Args:
        policy: which hosts may be reached, and how.
        now: the time, in UTC.
        sleep: waits this number of seconds before a request is repeated.
        tls: the trusted certificates; None: those of the system.
        jitter: returns a number from 0 to 1 for each wait.
        connections: to one host at the same time.
        whole_seconds: how long a request may take as a whole, however slowly its parts proceed.
        monotonic: the clock of that time.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        tls: ssl.SSLContext | None = None,
        jitter: Callable[[], float] = random.random,
        connections: int = 64,
        whole_seconds: float = WHOLE_SECONDS,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        keep_queries_out_of_logs()
        self.policy = policy
        self.now = now
        self.sleep = sleep
        self._tls = tls or ssl.create_default_context()
        self._tls.sslsocket_class = LimitedTLSSocket
        self._jitter = jitter
        self._connections = connections
        self._whole_seconds = whole_seconds
        self._monotonic = monotonic
        self._timeout = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._skew = ClockSkew()
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], HTTPConnectionPool] = {}

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
            Garbage: the body is too large, or a redirect leads to another host or to an invalid address.
        """
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

    def clock_skew(self) -> timedelta | None:
        """Our clock minus the clocks of the hosts that answered recently; None before the first answer."""
        return self._skew.estimate(self.now())

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()

    def _with_repeats(self, request: Request, deadline: Deadline) -> Answer:
        repeats = _REPEATS if request.method in SAFE_METHODS else 0
        for attempt in range(repeats + 1):
            wait = _BACKOFF_SECONDS * 2**attempt * (0.5 + self._jitter())
            try:
                answer = self._once(request, deadline)
            except ProtocolError as error:
                if attempt == repeats or deadline.left <= wait:
                    raise self._unavailable(request, error, deadline) from error
            else:
                final = answer.status not in _REPEATED_STATUSES or "retry-after" in answer.headers
                if final or attempt == repeats or deadline.left <= wait:
                    return answer
            self.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, request: Request, deadline: Deadline) -> Answer:
        pool, host, target = self._locate(request.url)
        try:
            response = pool.urlopen(
                request.method,
                target,
                body=request.body,
                headers=request.headers,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
                pool_timeout=math.ceil(deadline.left),
                preload_content=request.method == "HEAD",
            )
            content = response.data if request.method == "HEAD" else _read(response, request)
        except ProtocolError:
            raise
        except _UNREADABLE as error:
            raise Garbage(
                f"{request.method} {printable(request.url)}: the answer cannot be read; retried later"
            ) from error
        except HTTPError as error:
            raise self._unavailable(request, error, deadline) from error
        self._skew.observe(host, response.headers, self.now())
        return Answer(response.status, response.headers, content, request.url)

    def _unavailable(self, request: Request, error: HTTPError, deadline: Deadline) -> Unavailable:
        named = next((text for kind, text in _CAUSES if isinstance(error, kind)), f"failed with {type(error).__name__}")
        cause = f"did not answer completely within {self._whole_seconds:g} s" if deadline.passed else named
        kind = Unreachable if _never_connected(error) else Unavailable
        host = urlsplit(request.url).netloc
        return kind(f"{host} {cause} ({request.method} {printable(request.url)}); retried later")

    def _locate(self, url: str) -> tuple[HTTPConnectionPool, str, str]:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise AddressRefused(f"a request to {printable(url)} was not sent: its host cannot be read") from error
        pool = self._pools.get((parts.scheme, parts.netloc)) or self._open(parts.scheme, parts.netloc)
        return pool, parts.netloc, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

    def _open(self, scheme: str, host: str) -> HTTPConnectionPool:
        allowed = self.policy.allowed_scheme(scheme, host)
        parts = urlsplit(f"//{host}")
        with self._lock:
            if pool := self._pools.get((scheme, host)):
                return pool
            if len(self._pools) >= _POOLS_KEPT:
                self._pools.pop(next(iter(self._pools))).close()
            try:
                pool = open_pool(
                    allowed,
                    parts.hostname or "",
                    parts.port or DEFAULT_PORTS[scheme],
                    policy=self.policy,
                    connections=self._connections,
                    timeout=self._timeout,
                    tls=self._tls,
                )
            except LocationParseError as error:
                raise AddressRefused(f"{host!r} is not a valid host name: a request to it was not sent") from error
            self._pools[scheme, host] = pool
            return pool


def _read(response: BaseHTTPResponse, request: Request) -> bytes:
    try:
        content = response.read(request.limit + 1)
        if len(content) > request.limit:
            raise Garbage(f"{request.method} {printable(request.url)} answered more than {request.limit} bytes")
    except BaseException:
        response.close()
        raise
    finally:
        response.release_conn()
    return content


def _never_connected(error: HTTPError) -> bool:
    """Whether the request was not sent; a certificate is checked before it, other TLS failures may come after."""
    untrusted = isinstance(error, SSLError) and any(
        isinstance(each, ssl.SSLCertVerificationError) for each in error.args
    )
    return untrusted or isinstance(error, _NO_CONNECTION)
