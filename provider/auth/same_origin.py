"""Whether a request that changes something may come from the page that sent it. Pure; all doors ask here.

A browser adds cookies, and a machine's address, to what any page makes it send; so the page has to be one of ours. It
states the page in headers that no page can write. Sources: W3C, "Fetch Metadata Request Headers"; WHATWG, "Fetch",
section "`Origin` header"; OWASP, "Cross-Site Request Forgery Prevention Cheat Sheet".
"""

import re
from dataclasses import dataclass

from proxy.http.origin import Origin, origin_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGE = "same-origin"
# The user's own doing, such as a bookmark: it says nothing of a page.
_NO_PAGE = "none"
# A header has no more than scheme, host and port; `null` is the origin of a page that may not be known.
_BARE = re.compile(r"https?://[^/?#@\\\s,]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SentHeaders:
    """What a request shows of the page that sent it; None: the header was not sent.

    Attributes:
        method: GET, POST and so on.
        host: the address that was asked, unless a proxy replaced it.
        origin: the page's origin.
        referer: the page's address, for browsers that leave out Origin.
        fetch_site: the value of Sec-Fetch-Site. Browsers send it by https, and by http to their own machine.
    """

    method: str
    host: str | None = None
    origin: str | None = None
    referer: str | None = None
    fetch_site: str | None = None


def refusal(sent: SentHeaders, public_url: str, *, needs_page: bool) -> str | None:
    """The reason to refuse the request; None where it may pass.

    Sec-Fetch-Site decides where it names a page: the browser compared the page with the address that it asked. Else
    Origin, and without it Referer, must be our public address, or the address that was asked, by the scheme of the
    public address. A request that states no page is a program's.

    Args:
        sent: what it shows.
        public_url: where people reach the service.
        needs_page: the browser itself added what lets the request in, such as a session's cookie, or the request is a
            page's form. Then a request that states no page is refused too.
    """
    if sent.method in SAFE_METHODS or sent.fetch_site == _OWN_PAGE:
        return None
    if sent.fetch_site not in (None, _NO_PAGE):
        return _elsewhere("of another site", public_url)
    if sent.origin is not None:
        page = origin_of(sent.origin) if _BARE.fullmatch(sent.origin) else None
    elif sent.referer is not None:
        page = origin_of(sent.referer)
    elif needs_page:
        return (
            "The request does not state by Origin which page sent it, as every browser does. Programs send a service "
            "token to the API instead."
        )
    else:
        return None
    if page is not None and page in _own_origins(sent.host, public_url):
        return None
    return _elsewhere(f"at {page.scheme}://{page.host}:{page.port}" if page else "without an address", public_url)


def _own_origins(host: str | None, public_url: str) -> set[Origin | None]:
    public = origin_of(public_url)
    # Whether the address that was asked has https is seen by a proxy alone.
    asked = f"{public.scheme if public else 'http'}://{host}"
    return {public, origin_of(asked) if _BARE.fullmatch(asked) else None}


def _elsewhere(page: str, public_url: str) -> str:
    return (
        f"A page {page} sent this request, and only pages of this service may change anything here. Open {public_url} "
        "and try again; IMAGE_FACTORY_PUBLIC_URL names this address."
    )
