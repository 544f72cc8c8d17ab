"""Which addresses a browser may be redirected to after sign-in."""

import re
from urllib.parse import urlsplit

# Browsers treat a backslash as a slash and drop tabs and line breaks (WHATWG, "URL").
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(text: str | None, default: str) -> str:
    """The text if it is a path of this service and cannot lead to another host; else the default."""
    if text is None or not _LOCAL.fullmatch(text):
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    return text if not parts.scheme and not parts.netloc else default
