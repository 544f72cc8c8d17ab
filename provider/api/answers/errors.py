"""Errors as JSON in Flask-Smorest's shape, or as a page where a person looks; never with a traceback."""

import logging
import uuid
from collections.abc import Callable, Collection

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
_KEPT_HEADERS = ("WWW-Authenticate", "Allow", "Retry-After")
# Longer ones than any browser sends are not read: Werkzeug takes time by the square of their spaces.
_LONGEST_ACCEPT = 1000
_MACHINE_PATHS = ("/api/", "/catalog/", "/proxy/", "/healthz", "/readyz", "/metrics")

ProblemPage = Callable[[int, str, str, str], str]
"""From code, name, message and request id to HTML."""


def register_errors(
    app: Flask, page: ProblemPage, page_blueprints: Collection[str], redact: Callable[[str], str] = str
) -> None:
    """Answer every error of the app; unexpected ones are logged with the request's id, which the answer shows.

    Args:
        app: whose errors they are.
        page: makes a page of one.
        page_blueprints: names of the blueprints with pages, which answer with pages whatever the request accepts.
        redact: removes secrets from a message; some contain upstreams' own words.
    """

    def expected(error: HTTPException) -> Response:
        return _answer(error, redact(_message(error)), page, page_blueprints)

    def unexpected(error: Exception) -> Response:
        logger.error("request %s: %s %s failed", request_id(), request.method, request.endpoint, exc_info=error)
        failure = InternalServerError("Internal error; the log has the details.")
        return _answer(failure, _message(failure), page, page_blueprints)

    def with_request_id(response: Response) -> Response:
        response.headers[REQUEST_ID] = request_id()
        return response

    app.register_error_handler(HTTPException, expected)
    app.register_error_handler(Exception, unexpected)
    app.after_request(with_request_id)


def request_id() -> str:
    """The id of the request at hand: in its answer, and in the log where it failed."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    return str(g.request_id)


def _answer(error: HTTPException, message: str, page: ProblemPage, page_blueprints: Collection[str]) -> Response:
    code = error.code or InternalServerError.code
    if _wants_page(page_blueprints):
        response = Response(page(code, error.name, message, request_id()), content_type="text/html; charset=utf-8")
    else:
        response = jsonify(
            code=code, status=error.name, message=message, errors=_field_errors(error), requestId=request_id()
        )
    response.status_code = code
    original = error.get_response()
    for header in _KEPT_HEADERS:
        for value in original.headers.getlist(header):
            response.headers.add(header, value)
    return response


def _wants_page(page_blueprints: Collection[str]) -> bool:
    if request.blueprint in page_blueprints:
        return True
    if f"{request.path}/".startswith(_MACHINE_PATHS) or len(request.headers.get("Accept", "")) > _LONGEST_ACCEPT:
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _message(error: HTTPException) -> str:
    given = _details(error).get("message") or error.description or error.name
    return str(given)


def _field_errors(error: HTTPException) -> object:
    """Messages by field, as webargs keeps them: by place (query, json) and field."""
    details = _details(error)
    return details.get("messages") or details.get("errors") or {}


def _details(error: HTTPException) -> dict[str, object]:
    details = getattr(error, "data", None)
    return details if isinstance(details, dict) else {}
