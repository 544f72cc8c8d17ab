"""The id of each request: in its response, in what it logs, and in the message about an error."""

import itertools
import re
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request

from proxy.observing.context import about, current_span
from proxy.observing.span import SpanKind
from proxy.observing.spans import span

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "X-Request-Id"
_GIVEN = "HTTP_X_REQUEST_ID"
_TRACEPARENT = "HTTP_TRACEPARENT"
_KNOWN = "image_factory.request_id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{7,127}")


class RequestIds:
    """A WSGI layer that takes the id that a proxy or a caller has given, if it is well-formed, else makes one.

    Attributes:
        inner: what answers.
    """

    def __init__(self, inner: "WSGIApplication") -> None:
        self.inner = inner
        # Counted from a random number. A random number for each response would release the interpreter's lock in the
        # middle of every response (os.urandom does), so that threads take turns instead of finishing.
        self._ids = itertools.count(uuid.uuid4().int)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application; what it logs is about this request."""
        given = environ.get(_GIVEN, "")
        request_id = given if _WELL_FORMED.fullmatch(given) else f"{next(self._ids):032x}"
        environ[_KNOWN] = request_id

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (REQUEST_ID, request_id)], error)

        with about(request_id=request_id), span("request", SpanKind.ANSWER, environ.get(_TRACEPARENT, "")):
            return self.inner(environ, start)


def current_request_id() -> str:
    """The id of the current request."""
    return str(request.environ.get(_KNOWN, ""))


def note_request(method: str, route: str, status: int) -> None:
    """Note in the trace of the current request what it was.

    Args:
        method: one of a fixed set.
        route: the rule of its URL, or the name of its endpoint: not its path, which callers choose.
        status: of the response.
    """
    current = current_span()
    current.rename(f"{method} {route}")
    current.note("http.request.method", method)
    current.note("http.route", route)
    current.note("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        current.failed(str(status))
