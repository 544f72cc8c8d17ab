"""An opener of urllib for libraries that send their requests with it: every wait ends by the current deadline.

`proxy.deadline.ends_by` sets the deadline. urllib's own opener also opens ftp and files; this one does not.
"""

import http.client
import socket
import ssl
from http.client import HTTPResponse
from typing import IO, Any
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from proxy.deadline import time_left
from proxy.http.limited_sockets import LimitedSocket, LimitedTLSSocket, limited
from proxy.http.resolving import SystemResolver

_CONNECT_SECONDS = 5.0
_ADDRESSES_TRIED = 4
_resolve = SystemResolver()


def limited_opener(proxy: str | None) -> OpenerDirector:
    """The opener; it trusts the certificates that the system trusts.

    Args:
        proxy: the proxy of all requests; None: the one that the environment names, if any.
    """
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({"http": proxy, "https": proxy} if proxy else None),
        _LimitedHTTP(),
        _LimitedHTTPS(),
        HTTPDefaultErrorHandler(),
        _UnreadRedirects(),
        HTTPErrorProcessor(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # `connect` calls it before it asks a proxy for a tunnel, so the proxy's answer is limited too.
        self._create_connection = _connected


class _TLSConnection(http.client.HTTPSConnection, _PlainConnection):
    """Wraps the limited socket of the plain connection."""


class _UnreadRedirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], *args: Any, **options: Any) -> Request | None:
        # The base class reads the body first, and leaves the answer open where that fails.
        fp.close()
        return super().redirect_request(req, fp, *args, **options)


class _LimitedHTTP(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PlainConnection, req)


class _LimitedHTTPS(HTTPSHandler):
    def __init__(self) -> None:
        super().__init__()
        self._tls = ssl.create_default_context()
        self._tls.sslsocket_class = LimitedTLSSocket

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TLSConnection, req, context=self._tls)


def _connected(place: tuple[str, int], timeout: float, source: tuple[str, int] | None) -> LimitedSocket:
    """A connection to the first address of a host that accepts one."""
    host, port = place
    failure = OSError(f"{host} has no address")
    for address in _resolve(host, port)[:_ADDRESSES_TRIED]:
        try:
            plain = socket.create_connection((address, port), time_left(min(timeout, _CONNECT_SECONDS)), source)
        except OSError as error:
            failure = error
        else:
            return _limited(plain, timeout)
    raise failure


def _limited(plain: socket.socket, timeout: float) -> LimitedSocket:
    try:
        # The TLS handshake, which follows, takes as a whole at most the timeout of this socket.
        return limited(plain, time_left(timeout))
    except TimeoutError:
        plain.close()
        raise
