"""Where a person may be led after signing in."""

import re
from urllib.parse import urlsplit

# Browsers take a backslash for a slash, and leave out tabs and line ends (WHATWG, "URL").
_OWN = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def own_path(text: str | None, otherwise: str) -> str:
    """The text where it is a path of this service, which leads nowhere else; else the other one."""
    if text is None or not _OWN.fullmatch(text):
        return otherwise
    try:
        parts = urlsplit(text)
    except ValueError:
        return otherwise
    return text if not parts.scheme and not parts.netloc else otherwise
