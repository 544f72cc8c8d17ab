"""The OpenAPI document of the JSON API."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from marshmallow import fields

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.schemas.base import FIELD_MESSAGES, FIELD_MESSAGES_SCHEMA, ProblemSchema

_EXTENSION = "image_factory_openapi"


class _Interface(Api):  # type: ignore[misc]  # Flask-Smorest has no types
    """Documents all other errors in our own format, and writes the document when it is first asked for."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, **options: Any) -> None:
        self._operations: list[Callable[[], None]] = []
        self._writing = threading.RLock()
        super().__init__(app, **options)

    def document_later(self, describe: Callable[[], None]) -> None:
        """Let `describe` add operations to the document before it is read."""
        self._operations.append(describe)

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document; the same at each call."""
        with self._writing:
            return self._document

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        for describe in self._operations:
            describe()
        document: Mapping[str, Any] = self.spec.to_dict()
        return document

    def _openapi_json(self) -> Response:
        with self._writing:
            return Response(self._text, mimetype="application/json")

    @cached_property
    def _text(self) -> str:
        return json.dumps(self._document, indent=2)


def register_resources(
    app: Flask, blueprints: Sequence[Any], *, public_url: str, version: str
) -> Callable[[], Mapping[str, Any]]:
    """Serve the blueprints and /api/openapi.json.

    Returns:
        A function that reads the OpenAPI document; the first call writes it.
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
    app.extensions[_EXTENSION] = api.document
    return api.document


def document_of(app: Flask) -> Mapping[str, Any]:
    """The OpenAPI document of an application whose resources are registered."""
    document: Mapping[str, Any] = app.extensions[_EXTENSION]()
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
