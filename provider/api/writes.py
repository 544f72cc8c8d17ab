"""What a request that changes something by the API has to be."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

MOST_BYTES = 1024 * 1024
"""Of a body, where nobody says otherwise."""

_JSON = "application/json"
P = ParamSpec("P")
R = TypeVar("R")


def json_writes(view: Callable[P, R]) -> Callable[P, R]:
    """Have a view that changes something take JSON alone: a browser sends a form of another site as another type."""

    @wraps(view)
    def checked(*args: P.args, **others: P.kwargs) -> R:
        if request.mimetype != _JSON:
            raise UnsupportedMediaType(f"Send the body as {_JSON}.")
        request.max_content_length = MOST_BYTES
        return view(*args, **others)

    return checked
