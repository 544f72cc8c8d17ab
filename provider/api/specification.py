"""The OpenAPI document of the JSON API."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.schemas.base import FIELD_MESSAGES, FIELD_MESSAGES_SCHEMA, ProblemSchema

_EXTENSION = "image_factory_openapi"


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
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Interface(app, spec_kwargs={"servers": [{"url": public_url}], "security": [{"token": []}, {"bearer": []}]})
    api.ma_plugin.converter.add_attribute_function(_exact_type)
    api.spec.components.schema(FIELD_MESSAGES, FIELD_MESSAGES_SCHEMA)
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
    app.extensions[_EXTENSION] = document
    return document


def document_of(app: Flask) -> Mapping[str, Any]:
    """The OpenAPI document of an application whose resources are registered."""
    document: Mapping[str, Any] = app.extensions[_EXTENSION]
    return document


def _exact_type(_: object, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """What apispec does not say of a field: the type of an enumeration, and several types that a field can have.

    A null as the default of a field that does not accept null only means that the field can be left out.
    """
    if "default" in ret and ret["default"] is None and not field.allow_none:
        del ret["default"]
    if "anyOf" in field.metadata:
        for key in ("type", "items", "minItems"):
            ret.pop(key, None)
    if "enum" not in ret:
        return {}
    if None not in ret["enum"]:
        return {"type": "string"}
    # As a choice, because generators of clients make a class of the words for each type of a list of types.
    ret.pop("type", None)
    words = [word for word in ret.pop("enum") if word is not None]
    return {"anyOf": [{"type": "string", "enum": words}, {"type": "null"}]}
