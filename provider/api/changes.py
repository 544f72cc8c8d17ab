"""Endpoints that change something: required permission, required request, and the audit line."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from provider.api.audited_reruns import AUDIT
from provider.api.resources import ReadingBlueprint, View
from provider.api.schemas.images import ProblemSchema
from provider.api.writes import json_writes
from provider.auth.access import current_caller
from provider.auth.permissions import Action
from provider.auth.rights import require

LARGEST_BODY = 2 * 1024 * 1024
_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_log = logging.getLogger(AUDIT)


class ChangingBlueprint(ReadingBlueprint):
    """A blueprint that every caller may read and admins may change.

    Args:
        name: the blueprint's.
        description: for the documentation.
    """

    def change(
        self,
        method: str,
        rule: str,
        answer: type[Schema] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        tried: type[Schema] | None = None,
        also: Sequence[HTTPStatus] = (),
        largest: int = LARGEST_BODY,
    ) -> Callable[[View], View]:
        """Route a method to a view, which gets its loaded query and then its loaded body first.

        Args:
            method: of HTTP.
            rule: Flask's.
            answer: of success.
            status: of success.
            query: what may be asked.
            body: what must be sent; without it any JSON will do.
            tried: of 200, where nothing was written.
            also: further statuses that it answers with an error.
            largest: bytes that a body may have.
        """

        def register(view: View) -> View:
            described: Any = self.blueprint.response(status, answer)(view)
            if body is not None:
                described = self.blueprint.arguments(body)(described)
            if query is not None:
                described = self.blueprint.arguments(query, location="query")(described)
            if tried is not None:
                described = self.blueprint.alt_response(HTTPStatus.OK, schema=tried)(described)
            for code in (*_REFUSALS, *([HTTPStatus.NOT_FOUND] if "<" in rule else []), *also):
                described = self.blueprint.alt_response(code, schema=ProblemSchema)(described)
            guarded = _audited(json_writes(_permitted(described, largest)))
            self.blueprint.route(rule, methods=[method])(guarded)
            return view

        return register


def _permitted(view: Callable[..., Any], largest: int) -> Callable[..., Any]:
    """The permission is checked before the body is parsed."""

    @wraps(view)
    def permitted(*args: Any, **others: Any) -> Any:
        require(Action.CHANGE, owner=None)
        request.max_content_length = largest
        return view(*args, **others)

    return permitted


def _audited(view: Callable[..., Any]) -> Callable[..., Any]:
    """Each attempt is one record: who, what, and how it went."""

    @wraps(view)
    def audited(*args: Any, **others: Any) -> Any:
        try:
            answer = view(*args, **others)
        except HTTPException as error:
            _note(str(error.code))
            raise
        except Exception:
            _note("failed")
            raise
        _note("done")
        return answer

    return audited


def _note(outcome: str) -> None:
    caller = current_caller()
    _log.info(
        "change caller=%s method=%s path=%s outcome=%s",
        caller.name if caller else "nobody",
        request.method,
        request.path,
        outcome,
    )
