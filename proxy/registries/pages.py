"""Lists that come in pages: `Link: <...>; rel="next"` (RFC 8288)."""

import re
from urllib.parse import urljoin, urlsplit

from proxy.errors import Garbage
from proxy.http.exchange import Answer
from proxy.http.redirects import same_server

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^\s;,=]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]*))*)")
_NEXT = re.compile(r";\s*rel\s*=\s*\"?(?:[^\";,]*\s)?next(?:\s[^\";,]*)?\"?\s*(?:;|$)", re.IGNORECASE)


def next_page(answer: Answer, where: object) -> str | None:
    """Path and query of the next page; None on the last.

    Raises:
        Garbage: the next page is on another host, where our credentials must not go.
    """
    target = next((link for link, parameters in _LINK.findall(_header(answer)) if _NEXT.search(parameters)), None)
    if target is None:
        return None
    try:
        url = urljoin(answer.url, target)
    except ValueError as error:
        raise Garbage(f"{where}: the address of the next page is invalid; retried later") from error
    if not same_server(answer.url, url):
        raise Garbage(f"{where}: the next page is on another host, {urlsplit(url).netloc.rpartition('@')[2]}: refused")
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _header(answer: Answer) -> str:
    # Longer ones are no links, and the expressions above should not be tried on them.
    return answer.headers.get("link", "")[:8192]
