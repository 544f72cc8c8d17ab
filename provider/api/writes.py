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


def json_writes(view: Callable[P, R]) -> Callable[P, R]:
    """Accept only JSON in a view that changes something, because a form on another site cannot send JSON.

    Nor can it send DELETE, so that one without a body needs no type of a body.
    """

    @wraps(view)
    def checked(*args: P.args, **others: P.kwargs) -> R:
        if request.mimetype != _JSON and (request.method != "DELETE" or request.content_length):
            raise UnsupportedMediaType(f"Send the body as {_JSON}; send {{}} if there is nothing to say.")
        request.max_content_length = MOST_BYTES
        return view(*args, **others)

    return checked
