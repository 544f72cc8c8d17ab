"""Errors as JSON in the format of Flask-Smorest, or as an HTML page for people; never with a traceback."""

from collections.abc import Callable, Collection

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from provider.api.answers.field_errors import field_errors, summary_of
from provider.api.request_ids import current_request_id
from provider.errors import DatabaseGone
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)

_KEPT_HEADERS = ("WWW-Authenticate", "Allow", "Retry-After")
# Longer headers than any browser sends are ignored: the time Werkzeug needs grows with the square of the spaces.
_LONGEST_ACCEPT = 1000
_RETRY_SECONDS = 10
_NO_DATABASE = (
    "The database of this service is gone, so it cannot answer. Try again later; the log has the details under this "
    "request id."
)
_MACHINE_PATHS = ("/api/", "/catalog/", "/proxy/", "/webhooks/", "/healthz", "/readyz", "/metrics")

ProblemPage = Callable[[int, str, str, str], str]
"""Renders status code, name, message and request id as HTML."""


def register_errors(
    app: Flask, page: ProblemPage, page_blueprints: Collection[str], redact: Callable[[str], str] = str
) -> None:
    """Handle every error of the app; unexpected errors are logged with the request id that the response shows.

    Args:
        app: the app.
        page: renders an error as a page.
        page_blueprints: the names of blueprints with pages, whose errors are pages even if the request accepts JSON.
        redact: removes secrets from a message; some messages contain text of an upstream.
    """

    def expected(error: HTTPException) -> Response:
        return _answer(error, redact(_message(error)), page, page_blueprints)

    def unexpected(error: Exception) -> Response:
        _log.exception(
            "request_failed",
            "{method} {endpoint} failed",
            exc_info=error,
            method=request.method,
            endpoint=request.endpoint,
        )
        failure = InternalServerError("Internal error. The log has the details under this request id.")
        return _answer(failure, _message(failure), page, page_blueprints)

    def no_database(error: DatabaseGone) -> Response:
        _log.error(
            "database_gone",
            "{endpoint}: {error}",
            endpoint=request.endpoint,
            error=error,
        )
        failure = ServiceUnavailable(_NO_DATABASE, retry_after=_RETRY_SECONDS)
        return _answer(failure, _message(failure), page, page_blueprints)

    app.register_error_handler(HTTPException, expected)
    app.register_error_handler(DatabaseGone, no_database)
    app.register_error_handler(Exception, unexpected)


def _answer(error: HTTPException, message: str, page: ProblemPage, page_blueprints: Collection[str]) -> Response:
    code = error.code or InternalServerError.code
    if _wants_page(page_blueprints):
        response = Response(
            page(code, error.name, message, current_request_id()), content_type="text/html; charset=utf-8"
        )
    else:
        response = jsonify(
            code=code,
            status=error.name,
            message=message,
            errors=field_errors(_details(error)),
            requestId=current_request_id(),
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
    """The message of the refusal; where it has none, the first messages of its fields."""
    details = _details(error)
    if given := details.get("message"):
        return str(given)
    if error.description == type(error).description and (summary := summary_of(field_errors(details))):
        return summary
    return str(error.description or error.name)


def _details(error: HTTPException) -> dict[str, object]:
    details = getattr(error, "data", None)
    return details if isinstance(details, dict) else {}
