"""What a request that changes something has to be, whoever sends it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

from proxy.http.addresses import DEFAULT_PORTS

MOST_BYTES = 1024 * 1024
"""Of a body, where nobody says otherwise."""

_JSON = "application/json"
# What a browser says of a request that its user made here (Fetch Metadata): by our own page, or by hand.
_OURS = frozenset({"same-origin", "none"})
P = ParamSpec("P")
R = TypeVar("R")


def json_writes(public_url: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator for views that change something: they take JSON alone, and from no page but our own.

    A form of a page elsewhere can be neither: a browser sends it as another type, and with its own Origin.
    """

    def guarded(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **others: P.kwargs) -> R:
            if request.mimetype != _JSON:
                raise UnsupportedMediaType(f"Send the body as {_JSON}.")
            check_origin(public_url)
            request.max_content_length = MOST_BYTES
            return view(*args, **others)

        return checked

    return guarded


def check_origin(public_url: str) -> None:
    """Pass a request that no browser sent, or that a browser sent for our own page.

    Raises:
        Forbidden: a page elsewhere had a browser send it.
    """
    origin = request.headers.get("Origin")
    elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in _OURS
    if elsewhere or (origin is not None and _origin(origin) != _origin(public_url)):
        raise Forbidden(
            "Requests from other sites are refused; IMAGE_FACTORY_PUBLIC_URL is the address of this service."
        )


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
