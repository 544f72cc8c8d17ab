"""The documents that Backstage's catalog reads, joined from rendered fragments."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from catalog.render import document, document_parts
from provider.api.large.entities_as_json import ConvertedFragments
from provider.api.large.large_answers import LargeAnswers, LargeText
from provider.auth.strict_query import takes
from provider.ports import ImageIndex
from proxy.secrets.redactor import Redactor

CATALOG = "catalog"
"""The name of the blueprint."""

_YAML = "application/yaml"
_JSON = "application/json"


def catalog_documents(index: ImageIndex, redactor: Redactor) -> Blueprint:
    """The blueprint for /catalog; the redactor removes its secrets from the documents of all entities."""
    blueprint = Blueprint(CATALOG, __name__, url_prefix="/catalog")

    converted = ConvertedFragments()

    @contextmanager
    def yaml_text() -> Iterator[LargeText]:
        with index.read_catalog() as stored:
            yield LargeText(stored.tag, document_parts(stored.fragments))

    @contextmanager
    def json_text() -> Iterator[LargeText]:
        with index.read_catalog() as stored:
            yield LargeText(stored.tag, converted.as_items(stored.fragments))

    as_yaml = LargeAnswers(_YAML, index.catalog_tag, yaml_text, redactor)
    as_json = LargeAnswers(_JSON, index.catalog_tag, json_text, redactor)

    @blueprint.get("/catalog-info.yaml")
    @takes("token")
    def all_as_yaml() -> Response:
        return as_yaml.answer()

    @blueprint.get("/entities")
    @takes("token")
    def all_as_json() -> Response:
        return as_json.answer()

    @blueprint.get("/images/<name>/catalog-info.yaml")
    @takes("token")
    def one_as_yaml(name: str) -> Response:
        fragment = index.fragment(name)
        if fragment is None:
            raise NotFound(f"There is no image named {name}.")
        return _answer(fragment, _YAML, document([fragment]))

    return blueprint


def _answer(state: str, content_type: str, text: str) -> Response:
    """A small document, or 304."""
    tag = hashlib.sha256(state.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(text, content_type=f"{content_type}; charset=utf-8")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
