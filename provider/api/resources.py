"""A typed way to Flask-Smorest's decorators: one route that reads, with its query, its answer and its errors."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from provider.api.schemas.images import ProblemSchema
from provider.auth.strict_json import parse

_JSON = "application/json"
View = TypeVar("View", bound=Callable[..., object])


class _StrictParser(FlaskParser):
    """Reads queries and bodies as every reader would.

    A body that is ambiguous, or nested too deep to be read, is 400; a query that gives something twice is 422.
    """

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise ValidationError({name: ["Given more than once; give it once."] for name in repeated})
        return super().load_querystring(req, schema)

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


class ReadingBlueprint:
    """A blueprint of resources that are read; `blueprint` is Flask-Smorest's."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint: Any = _Resources(name, __name__, description=description)

    def get(
        self, rule: str, answer: type[Schema], query: type[Schema] | None = None, also: Sequence[HTTPStatus] = ()
    ) -> Callable[[View], View]:
        """Route GET to a view, which gets its loaded query first. The view's docstring becomes the documentation.

        Args:
            rule: Flask's.
            answer: of 200.
            query: what may be asked.
            also: further statuses that it answers with an error.
        """

        def register(view: View) -> View:
            described: Any = self.blueprint.response(HTTPStatus.OK, answer)(view)
            if query is not None:
                described = self.blueprint.arguments(query, location="query")(described)
            codes = [HTTPStatus.UNAUTHORIZED, *([HTTPStatus.NOT_FOUND] if "<" in rule else []), *also]
            for code in codes:
                described = self.blueprint.alt_response(code, schema=ProblemSchema)(described)
            self.blueprint.route(rule, methods=["GET"])(described)
            return view

        return register
