"""Answers that depend on the caller: with an entity tag of their content, and kept for nobody else."""

from http import HTTPStatus
from typing import Any

from flask import Response, request

_OF_CALLERS = ("Authorization", "X-Image-Factory-Token", "Cookie")


def answer_for_the_caller(blueprint: Any) -> None:
    """Let the answers of a blueprint be asked for again with If-None-Match, by the same caller alone.

    The entity tag is that of the whole content, so what one caller may do is never confirmed to another one.
    """

    @blueprint.after_request  # type: ignore[untyped-decorator]  # Flask-Smorest has no types
    def tagged(response: Response) -> Response:
        if request.method != "GET" or response.is_streamed:
            return response
        response.vary.update(_OF_CALLERS)
        if response.status_code == HTTPStatus.OK:
            response.add_etag()
            response.make_conditional(request)
        return response
