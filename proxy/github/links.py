"""Link headers of the GitHub proxy: GitHub's pages at our own address. Pure."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from proxy.http.redirects import same_server

_LINK = re.compile(r"<([^<>]*)>\s*;\s*rel=\"?(next|prev|first|last)\"?\s*(?:,|$)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PAGES = ("page", "per_page")
_LONGEST = 8192


def rewritten(header: str, *, api_url: str, face_url: str, path: str) -> str | None:
    """The header with our own addresses; None if it has no usable one.

    Only the page numbers of GitHub's addresses are used, because its paths have the repository's number instead of its
    name. An address on another host is left out.

    Args:
        header: the upstream's.
        api_url: the upstream's address, without a slash at the end.
        face_url: our own address for it, without a slash at the end.
        path: path and query of the request, as it was sent.
    """
    requested = urlsplit(path)
    links = [
        f'<{face_url}{requested.path}?{urlencode({**dict(parse_qsl(requested.query)), **pages})}>; rel="{relation}"'
        for target, relation in _LINK.findall(header[:_LONGEST])
        if (pages := _pages(target, api_url))
    ]
    return ", ".join(links) or None


def _pages(target: str, api_url: str) -> dict[str, str]:
    try:
        url = urljoin(f"{api_url}/", target)
        if not same_server(api_url, url):
            return {}
        query = dict(parse_qsl(urlsplit(url).query))
    except ValueError:
        return {}
    return {name: query[name] for name in _PAGES if _NUMBER.fullmatch(query.get(name, ""))}
