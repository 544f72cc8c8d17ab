"""A typed way to Flask-Smorest's decorators: one route that reads, with its query, its answer and its errors."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from provider.api.schemas import ProblemSchema

View = TypeVar("View", bound=Callable[..., object])


class ReadingBlueprint:
    """A blueprint of resources that are read; `blueprint` is Flask-Smorest's."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint: Any = Blueprint(name, __name__, description=description)

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
