"""Endpoints that change something: the required permission, the required content type and the audit record."""

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.resources import ReadingBlueprint, View, path_parameters
from provider.api.writes import json_writes
from provider.auth.access import current_caller
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.services.auditing import AUDIT, audit, outcome_of
from proxy.observing.event_log import EventLog

LARGEST_BODY = 2 * 1024 * 1024
_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_DRY_RUN = "The result of a dry run; nothing was written"
_log = EventLog(AUDIT)


class ChangingBlueprint(ReadingBlueprint):
    """A blueprint whose resources every caller may read and admins may change.

    Args:
        name: the name of the blueprint.
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
        dry_run: type[Schema] | None = None,
        also: Sequence[HTTPStatus] = (),
        largest: int = LARGEST_BODY,
    ) -> Callable[[View], View]:
        """Route a method to a view, whose first arguments are the loaded query and the loaded body.

        Args:
            method: the HTTP method.
            rule: the URL rule of Flask.
            answer: the schema of the response on success.
            status: the status on success.
            query: the schema of the query parameters.
            body: the schema of the body; without it, any JSON is accepted.
            dry_run: the schema of the 200 response to a dry run, which writes nothing.
            also: further error statuses of the operation.
            largest: the maximum size of the body, in bytes.
        """

        def register(view: View) -> View:
            described: Any = self.blueprint.response(status, answer, description=DESCRIPTIONS[status])(view)
            if body is not None:
                described = self.blueprint.arguments(body)(described)
            described = self.with_query(described, query)
            if dry_run is not None:
                described = self.blueprint.alt_response(HTTPStatus.OK, schema=dry_run, description=_DRY_RUN)(described)
            described = self.with_errors(
                described, (*_REFUSALS, *([HTTPStatus.NOT_FOUND] if "<" in rule else []), *also)
            )
            guarded = _audited(json_writes(_permitted(described, largest), takes_body=body is not None))
            self.blueprint.route(rule, methods=[method], parameters=path_parameters(rule))(guarded)
            return view

        return register


def _permitted(view: Callable[..., Any], largest: int) -> Callable[..., Any]:
    """Check the permission before the body is parsed."""

    @wraps(view)
    def permitted(*args: Any, **others: Any) -> Any:
        require(Action.CHANGE, owner=None)
        request.max_content_length = largest
        return view(*args, **others)

    return permitted


def _audited(view: Callable[..., Any]) -> Callable[..., Any]:
    """Write one audit record for each attempt: the caller, the request and the outcome."""

    @wraps(view)
    def audited(*args: Any, **others: Any) -> Any:
        try:
            answer = view(*args, **others)
        except HTTPException as error:
            _note(str(error.code), outcome_of(error.code or HTTPStatus.INTERNAL_SERVER_ERROR))
            raise
        except Exception:
            _note("failed", "failed")
            raise
        _note("done", "done")
        return answer

    return audited


def _note(logged: str, outcome: str) -> None:
    """Log and store the attempt; the action is the name of the view, such as `add-repository`."""
    action = (request.endpoint or "").rpartition(".")[2].replace("_", "-")
    dry_run = request.args.get("dryRun") == "true"
    audit(action, request.path, outcome, reason="dry run; nothing was changed" if dry_run else "")
    caller = current_caller()
    _log.info(
        "change_asked",
        "change caller={caller} method={method} path={path} outcome={outcome}",
        caller=caller.name if caller else "anonymous",
        method=request.method,
        path=request.path,
        outcome=logged,
    )
