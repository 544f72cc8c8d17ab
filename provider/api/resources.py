"""Typed wrappers of Flask-Smorest's decorators: a route that reads, with its query, its response and its errors."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from provider.api.answers.descriptions import DESCRIPTIONS, PATH_PARAMETERS
from provider.api.schemas.base import ProblemSchema
from provider.auth.strict_json import parse
from provider.auth.strict_query import takes

_JSON = "application/json"
View = TypeVar("View", bound=Callable[..., object])


class _StrictParser(FlaskParser):
    """Refuses a body that different readers may understand differently, or that is nested too deeply: 400."""

    def _raw_load_json(self, req: Request) -> object:
        body = req.get_data(cache=True)
        if req.mimetype != _JSON or not body:
            return missing
        try:
            return parse(body)
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "a body", 0) from None


class _Resources(Blueprint):  # type: ignore[misc]  # Flask-Smorest has no types
    ARGUMENTS_PARSER = _StrictParser()

    def register_views_in_doc(self, api: Any, *arguments: Any, **named: Any) -> None:
        """Leave the work to the first reader of the OpenAPI document: it takes longer than all routes."""
        api.document_later(partial(super().register_views_in_doc, api, *arguments, **named))


class ReadingBlueprint:
    """A blueprint of read-only resources; `blueprint` is the Flask-Smorest blueprint."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint: Any = _Resources(name, __name__, description=description)

    def get(
        self,
        rule: str,
        answer: type[Schema],
        query: type[Schema] | None = None,
        also: Sequence[HTTPStatus] = (),
        *,
        responses: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """Route GET to a view, whose first argument is the loaded query.

        The docstring of the view becomes the documentation: its first line the summary, the rest the description.

        Args:
            rule: the URL rule of Flask.
            answer: the schema of the 200 response.
            query: the schema of the query parameters.
            also: further error statuses of the operation.
            responses: what else the OpenAPI document says of responses, by status.
        """

        def register(view: View) -> View:
            described: Any = self.blueprint.response(HTTPStatus.OK, answer, description=DESCRIPTIONS[HTTPStatus.OK])(
                view
            )
            described = self.with_query(described, query)
            codes = [HTTPStatus.UNAUTHORIZED, *([HTTPStatus.NOT_FOUND] if "<" in rule else []), *also]
            described = self.with_errors(described, codes)
            if responses is not None:
                described = self.blueprint.doc(responses=responses)(described)
            self.blueprint.route(rule, methods=["GET"], parameters=path_parameters(rule))(described)
            return view

        return register

    def with_query(self, view: Any, query: type[Schema] | None) -> Any:
        """The view with the loaded query as its first argument, if it has one; it takes no other query parameters."""
        if query is None:
            return self.with_errors(view, [HTTPStatus.UNPROCESSABLE_ENTITY])
        names = (field.data_key or name for name, field in query().fields.items())
        return takes(*names)(self.blueprint.arguments(query, location="query")(view))

    def with_errors(self, view: Any, codes: Iterable[HTTPStatus]) -> Any:
        """The view, documented with these error statuses."""
        for code in codes:
            view = self.blueprint.alt_response(code, schema=_problem(), description=DESCRIPTIONS[code])(view)
        return view


@cache
def _problem() -> Schema:
    """One schema for all operations: each has several answers of this kind."""
    return ProblemSchema()


def path_parameters(rule: str) -> list[dict[str, object]]:
    """The descriptions of the parameters in a URL rule, as Flask-Smorest takes them."""
    names = re.findall(r"<(?:[^<>]*:)?(\w+)>", rule)
    return [{"name": name, "in": "path", "description": PATH_PARAMETERS[name]} for name in names]
