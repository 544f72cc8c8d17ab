"""Every option of libcurl that a transfer has: one new handle for each, so that nothing of one is left for another."""

import fcntl

import pycurl

from proxy.http.curl.transfer import Transfer
from proxy.http.exchange import USER_AGENT
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


def handle_of(transfer: Transfer, trusted: TrustedCertificates) -> pycurl.Curl:
    """The handle that sends a transfer.

    Raises:
        pycurl.error: libcurl accepts one of the options not.
    """
    curl = pycurl.Curl()
    for option, value in _FIXED:
        curl.setopt(option, value)
    _set_request(curl, transfer)
    _set_route(curl, transfer, trusted)
    curl.setopt(pycurl.OPENSOCKETFUNCTION, transfer.opened)
    curl.setopt(pycurl.SOCKOPTFUNCTION, _kept_from_children)
    curl.setopt(pycurl.PREREQFUNCTION, transfer.about_to_send)
    curl.setopt(pycurl.HEADERFUNCTION, transfer.header)
    curl.setopt(pycurl.WRITEFUNCTION, transfer.body)
    return curl


def _set_request(curl: pycurl.Curl, transfer: Transfer) -> None:
    request = transfer.request
    curl.setopt(pycurl.URL, transfer.route.url)
    curl.setopt(pycurl.HTTPHEADER, transfer.lines)
    match request.method:
        case "GET":
            curl.setopt(pycurl.HTTPGET, 1)
        case "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        case method:
            if request.body is not None or method == "POST":
                curl.setopt(pycurl.POSTFIELDS, request.body or b"")
            curl.setopt(pycurl.CUSTOMREQUEST, method)


def _set_route(curl: pycurl.Curl, transfer: Transfer, trusted: TrustedCertificates) -> None:
    route = transfer.route
    pinned = ",".join(f"[{each}]" if ":" in each else each for each in route.addresses)
    curl.setopt(pycurl.RESOLVE, [f"{route.connect_to}:{pinned}"])
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(min(CONNECT_SECONDS, transfer.deadline.left) * 1000)))
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
    _set_certificates(curl, transfer, trusted)


def _set_certificates(curl: pycurl.Curl, transfer: Transfer, trusted: TrustedCertificates) -> None:
    if trusted.file:
        curl.setopt(pycurl.CAINFO, str(trusted.file))
        curl.setopt(pycurl.PROXY_CAINFO, str(trusted.file))
    if trusted.folder:
        curl.setopt(pycurl.CAPATH, str(trusted.folder))
        curl.setopt(pycurl.PROXY_CAPATH, str(trusted.folder))
    if client := transfer.route.client:
        curl.setopt(pycurl.SSLCERT, str(client.certificate))
        curl.setopt(pycurl.SSLKEY, str(client.key))


def _kept_from_children(number: int, _purpose: int) -> int:
    # pycurl duplicates sockets without this.
    fcntl.fcntl(number, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return pycurl.SOCKOPT_OK
