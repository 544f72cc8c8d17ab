"""Requirements for API requests that change something."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

MOST_BYTES = 1024 * 1024
"""The default size limit of a body."""

_JSON = "application/json"
P = ParamSpec("P")
R = TypeVar("R")


def json_writes(view: Callable[P, R], *, takes_body: bool = True) -> Callable[P, R]:
    """Accept only JSON in a view that changes something, because a form on another site cannot send JSON.

    Nor can it send DELETE, or anything without the type of a body, so that a request without a body needs no type.

    Args:
        view: the view.
        takes_body: the operation has a body in the OpenAPI document, so a request without one is refused.
    """

    @wraps(view)
    def checked(*args: P.args, **others: P.kwargs) -> R:
        if request.mimetype != _JSON and not _is_empty(takes_body=takes_body):
            raise UnsupportedMediaType(f"Send the body as {_JSON}; send {{}} if there is nothing to say.")
        request.max_content_length = MOST_BYTES
        return view(*args, **others)

    return checked


def _is_empty(*, takes_body: bool) -> bool:
    """Whether the request has no body and needs none."""
    if request.content_length:
        return False
    return request.method == "DELETE" or not (takes_body or request.mimetype)
