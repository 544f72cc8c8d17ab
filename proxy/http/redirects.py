"""Which redirects are followed, and with which headers. Pure: no request is sent here."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from proxy.errors import Garbage
from proxy.http.exchange import SAFE_METHODS, Answer, Request
from proxy.http.origin import WEB_PORTS, origin_of
from proxy.http.printable import printable

_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


def same_server(one: str, other: str) -> bool:
    """Whether two addresses have the same scheme, host and port: only then may credentials be sent along."""
    origin = origin_of(one)
    return origin is not None and origin == origin_of(other)


def redirect_target(request: Request, answer: Answer) -> str | None:
    """The absolute address that an answer redirects to; None if the answer is not a redirect.

    The method stays: GET and HEAD are the only ones that are redirected, and 303 changes neither.

    Raises:
        Garbage: the `Location` is not an address by http or https, or contains a user or password.
    """
    if answer.status not in _REDIRECT_STATUSES or request.method not in SAFE_METHODS:
        return None
    location = answer.headers.get("location")
    if not location:
        return None
    asked = f"{request.method} {printable(request.url)}"
    try:
        target = urljoin(request.url, location)
        parts = urlsplit(target)
    except ValueError as error:
        raise Garbage(f"{asked} was redirected to an invalid address; retried later") from error
    if parts.scheme not in WEB_PORTS:
        raise Garbage(f"{asked} was redirected to an address by {parts.scheme}, which is not followed; retried later")
    if "@" in parts.netloc:
        raise Garbage(f"{asked} was redirected to an address with a user or password, which is not followed")
    return target


def redirected(request: Request, target: str, *, other_hosts: bool) -> Request:
    """The same request to the target; to another host, it is sent without Authorization.

    Raises:
        Garbage: the target is on another host, and `other_hosts` is not set.
    """
    if same_server(request.url, target):
        return replace(request, url=target)
    if not other_hosts:
        raise Garbage(
            f"{request.method} {printable(request.url)} was redirected to another host, "
            f"{urlsplit(target).netloc.rpartition('@')[2]}, which is not followed"
        )
    public = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    return replace(request, url=target, headers=public)
