"""Lists in pages: `Link: <...>; rel="next"` (RFC 8288)."""

import re
from urllib.parse import urljoin, urlsplit

from proxy.errors import Garbage
from proxy.http.exchange import Answer
from proxy.http.redirects import same_server

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s;,=]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]*))*)")
_NEXT = re.compile(r";\s*rel\s*=\s*[\"']?(?:[^\"';,]*\s)?next(?:\s[^\"';,]*)?[\"']?\s*(?:;|$)", re.IGNORECASE)


def next_link(answer: Answer) -> str | None:
    """The address of the next page as the answer has it, absolute or relative; None on the last page."""
    return next((link for link, parameters in _LINK.findall(_header(answer)) if _NEXT.search(parameters)), None)


def next_page(answer: Answer, where: object) -> str | None:
    """Path and query of the next page; None on the last page.

    Raises:
        Garbage: its address is invalid, or on another host, which must not get our credentials.
    """
    target = next_link(answer)
    if target is None:
        return None
    try:
        url = urljoin(answer.url, target)
    except ValueError as error:
        raise Garbage(f"{where}: the address of the next page is invalid; retried later") from error
    if not same_server(answer.url, url):
        host = urlsplit(url).netloc.rpartition("@")[2]
        raise Garbage(f"{where}: the next page is on another host, {host}, which is not allowed")
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _header(answer: Answer) -> str:
    # The limit keeps the expressions above fast on a hostile header.
    return answer.headers.get("link", "")[:8192]
