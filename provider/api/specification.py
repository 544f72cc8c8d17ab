"""The OpenAPI document of the JSON interface."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from flask_smorest import Api

from provider.api.schemas.images import ProblemSchema


class _Interface(Api):  # type: ignore[misc]  # Flask-Smorest has no types
    """Describes the errors that it does not name itself as we answer them."""

    ERROR_SCHEMA = ProblemSchema


def register_resources(app: Flask, blueprints: Sequence[Any], *, public_url: str, version: str) -> Mapping[str, Any]:
    """Serve the blueprints and /api/openapi.json; answers the document."""
    app.config.update(
        API_TITLE="Image Factory",
        API_VERSION=version,
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Interface(app, spec_kwargs={"servers": [{"url": public_url}], "security": [{"token": []}, {"bearer": []}]})
    api.spec.components.security_scheme(
        "token", {"type": "apiKey", "in": "header", "name": "X-Image-Factory-Token", "description": "a service token"}
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    document: Mapping[str, Any] = api.spec.to_dict()
    return document
