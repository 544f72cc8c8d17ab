"""A text as other programs write it, each time with the function that really does it, not with our list."""

import base64
import html
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

import markupsafe

_ESCAPE = re.compile(r"%[0-9A-F]{2}")


def lower_escapes(text: str) -> str:
    """Percent escapes with lower-case digits, as Go and some proxies write them."""
    return _ESCAPE.sub(lambda found: found[0].lower(), text)


def go_json(text: str) -> str:
    """As Go's encoding/json escapes for HTML."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    return inner.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def git_quoted(text: str) -> str:
    """As git quotes a path (core.quotePath)."""
    return "".join(chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in text.encode())


def basic(text: str, user: str = "x-access-token") -> str:
    """As HTTP's Basic authentication; so do git and `auth` in docker's config."""
    return base64.b64encode(f"{user}:{text}".encode()).decode()


WRITERS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, as a path": quote,
    "percent, lower case": lambda text: lower_escapes(quote(text, safe="")),
    "percent, as encodeURIComponent": lambda text: quote(text, safe="!'()*"),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent, as a form": quote_plus,
    "percent, as a form in lower case": lambda text: lower_escapes(quote_plus(text)),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not only ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON by Go": go_json,
    "JSON within JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "Python": lambda text: repr(text)[1:-1],
    "Python, ASCII": lambda text: ascii(text)[1:-1],
    "Python, bytes": lambda text: repr(text.encode())[2:-1],
    "git, quoted": git_quoted,
    "HTML": html.escape,
    "HTML, quotes as they are": lambda text: html.escape(text, quote=False),
    "HTML by Jinja": lambda text: str(markupsafe.escape(text)),
    "HTML in numbers": lambda text: "".join(c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64, as an address": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "base64 in JSON, slashes escaped": lambda text: base64.b64encode(text.encode()).decode().replace("/", "\\/"),
    "Basic": basic,
    "Basic, a user of another length": lambda text: basic(text, "ci"),
    "Basic, no user": lambda text: basic(text, ""),
    "base64url within more": lambda text: base64.urlsafe_b64encode(f"a:{text}, and more".encode()).decode(),
}
