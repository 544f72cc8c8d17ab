"""Every option of libcurl that a transfer has."""

import fcntl
from typing import Any

import pycurl

from proxy.http.curl.transfer import Descriptor, Route, Transfer
from proxy.http.exchange import USER_AGENT, Request
from proxy.http.trust import TrustedCertificates

CONNECT_SECONDS = 10.0
"""For connecting, with the TLS handshake and the proxy's answer; of several addresses, each gets a part of it."""

_FIXED: tuple[tuple[int, object], ...] = (
    # Signals are for the main thread (libcurl-thread(3)).
    (pycurl.NOSIGNAL, 1),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    # Redirects are followed by us, who check each of their addresses.
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    # Asks for no compression, and decompresses what comes compressed all the same.
    (pycurl.ACCEPT_ENCODING, "identity"),
    (pycurl.USERAGENT, USER_AGENT),
    # What is for the host is not for a proxy on the way to it.
    (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),
)


class Handle:
    """A handle of libcurl and the transfer that it serves. Belongs to the thread of the loop.

    Method, proxy, client certificate and protocol stay as they are; `serve` sets everything else anew.

    Attributes:
        curl: libcurl's handle.
        transfer: what it serves now.
    """

    __slots__ = ("_connect_milliseconds", "curl", "transfer")

    def __init__(self, transfer: Transfer, trusted: TrustedCertificates) -> None:
        """Make one.

        Raises:
            pycurl.error: libcurl accepts one of the options not.
        """
        self.curl = curl = pycurl.Curl()
        self._connect_milliseconds = 0
        for option, value in _FIXED:
            curl.setopt(option, value)
        _set_method(curl, transfer.request)
        _set_way(curl, transfer.route, trusted)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._opened)
        curl.setopt(pycurl.SOCKOPTFUNCTION, _kept_from_children)
        curl.setopt(pycurl.PREREQFUNCTION, self._about_to_send)
        curl.setopt(pycurl.HEADERFUNCTION, self._header)
        curl.setopt(pycurl.WRITEFUNCTION, self._body)
        self.serve(transfer)

    def serve(self, transfer: Transfer) -> None:
        """Set what differs between two requests of one method to one host."""
        self.transfer = transfer
        route, curl = transfer.route, self.curl
        curl.setopt(pycurl.URL, route.url)
        curl.setopt(pycurl.HTTPHEADER, transfer.lines)
        pinned = ",".join(f"[{each}]" if ":" in each else each for each in route.addresses)
        curl.setopt(pycurl.RESOLVE, [f"{route.connect_to}:{pinned}"])
        milliseconds = max(1, int(min(CONNECT_SECONDS, transfer.deadline.left) * 1000))
        if milliseconds != self._connect_milliseconds:
            curl.setopt(pycurl.CONNECTTIMEOUT_MS, milliseconds)
            self._connect_milliseconds = milliseconds

    def rest(self) -> None:
        """Let go of the transfer and of its headers, which may have secrets; called before it waits for another one."""
        del self.transfer
        self.curl.setopt(pycurl.HTTPHEADER, [])

    # libcurl calls these; the transfer is another one each time.

    def _opened(self, purpose: int, address: Any) -> Descriptor | int:
        return self.transfer.opened(purpose, address)

    def _about_to_send(self, *_: object) -> int:
        return self.transfer.about_to_send()

    def _header(self, line: bytes) -> int | None:
        return self.transfer.header(line)

    def _body(self, piece: bytes) -> int | None:
        return self.transfer.body(piece)


def _set_method(curl: pycurl.Curl, request: Request) -> None:
    match request.method:
        case "GET":
            curl.setopt(pycurl.HTTPGET, 1)
        case "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        case method:
            if request.body is not None or method == "POST":
                curl.setopt(pycurl.POSTFIELDS, request.body or b"")
            curl.setopt(pycurl.CUSTOMREQUEST, method)


def _set_way(curl: pycurl.Curl, route: Route, trusted: TrustedCertificates) -> None:
    # Both are always set, so that libcurl reads no proxy from the environment.
    curl.setopt(pycurl.PROXY, route.proxy.url if route.proxy else "")
    curl.setopt(pycurl.NOPROXY, "" if route.proxy else "*")
    if route.proxy and route.proxy.login:
        curl.setopt(pycurl.PROXYUSERPWD, route.proxy.login.reveal().encode())
    if route.url.startswith("https:"):
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        curl.setopt(pycurl.PIPEWAIT, int(route.shares))
    else:
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    _set_certificates(curl, route, trusted)


def _set_certificates(curl: pycurl.Curl, route: Route, trusted: TrustedCertificates) -> None:
    if trusted.file:
        curl.setopt(pycurl.CAINFO, str(trusted.file))
        curl.setopt(pycurl.PROXY_CAINFO, str(trusted.file))
    if trusted.folder:
        curl.setopt(pycurl.CAPATH, str(trusted.folder))
        curl.setopt(pycurl.PROXY_CAPATH, str(trusted.folder))
    if client := route.client:
        curl.setopt(pycurl.SSLCERT, str(client.certificate))
        curl.setopt(pycurl.SSLKEY, str(client.key))


def _kept_from_children(number: int, _purpose: int) -> int:
    # pycurl duplicates sockets without this.
    fcntl.fcntl(number, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return pycurl.SOCKOPT_OK
