"""The OpenAPI document of the JSON API."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.schemas.images import ProblemSchema


class _Interface(Api):  # type: ignore[misc]  # Flask-Smorest has no types
    """Documents all other errors in our own format."""

    ERROR_SCHEMA = ProblemSchema


def register_resources(app: Flask, blueprints: Sequence[Any], *, public_url: str, version: str) -> Mapping[str, Any]:
    """Serve the blueprints and /api/openapi.json.

    Returns:
        The OpenAPI document.
    """
    app.config.update(
        API_TITLE="Image Factory",
        API_VERSION=version,
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Interface(app, spec_kwargs={"servers": [{"url": public_url}], "security": [{"token": []}, {"bearer": []}]})
    api.spec.components.security_scheme(
        "token", {"type": "apiKey", "in": "header", "name": "X-Image-Factory-Token", "description": "service token"}
    )
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "description": "service token or Backstage user token"}
    )
    # Flask-Smorest adds this response to every operation with parameters or a body.
    refused = HTTPStatus.UNPROCESSABLE_ENTITY
    api.spec.components.responses_lazy[refused.name]["description"] = DESCRIPTIONS[refused]
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    document: Mapping[str, Any] = api.spec.to_dict()
    return document
