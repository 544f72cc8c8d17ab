"""The documents that Backstage's catalog reads, joined from rendered fragments."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus

import yaml
from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from catalog.render import document
from provider.auth.strict_query import takes
from provider.ports import ImageIndex

CATALOG = "catalog"
"""The name of the blueprint."""

_YAML = "application/yaml"
_JSON = "application/json"
# Both are safe loaders; the loader of libyaml is faster, but not always installed.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def catalog_documents(index: ImageIndex) -> Blueprint:
    """The blueprint for /catalog."""
    blueprint = Blueprint(CATALOG, __name__, url_prefix="/catalog")

    @blueprint.get("/catalog-info.yaml")
    @takes("token")
    def all_as_yaml() -> Response:
        return _answer(index.catalog_tag(), _YAML, lambda: document(index.fragments()))

    converted = ConvertedFragments()

    # Joining thousands of entities takes a while, so the result is kept until the catalog changes.
    @lru_cache(maxsize=1)
    def items(_tag: str) -> str:
        return converted.as_items(index.fragments())

    @blueprint.get("/entities")
    @takes("token")
    def all_as_json() -> Response:
        tag = index.catalog_tag()
        return _answer(tag, _JSON, lambda: items(tag))

    @blueprint.get("/images/<name>/catalog-info.yaml")
    @takes("token")
    def one_as_yaml(name: str) -> Response:
        fragment = index.fragment(name)
        if fragment is None:
            raise NotFound(f"There is no image named {name}.")
        return _answer(fragment, _YAML, lambda: document([fragment]))

    return blueprint


class ConvertedFragments:
    """Converts fragments of YAML to JSON, each one only once as long as it is in the catalog."""

    def __init__(self) -> None:
        # The digest of a fragment and its JSON; keeping the fragments too would take twice the memory.
        self._known: dict[bytes, str] = {}

    def as_items(self, fragments: Iterable[str]) -> str:
        """The entities as `{"items": [...]}`."""
        known = self._known
        keyed = {hashlib.sha256(fragment.encode()).digest(): fragment for fragment in fragments}
        converted = {key: known.get(key) or _as_json(fragment) for key, fragment in keyed.items()}
        self._known = converted
        return f'{{"items": [{", ".join(converted.values())}]}}'


def _as_json(fragment: str) -> str:
    return json.dumps(yaml.load(fragment, Loader=_LOADER))  # noqa: S506 - either loader is a safe one


def _answer(state: str, content_type: str, body: Callable[[], str]) -> Response:
    """The document, or 304 without making it.

    The state is read before the document: if the document is newer than its entity tag, the next request corrects it.
    """
    # The state may be too long for an entity tag, or contain characters that a tag cannot.
    tag = hashlib.sha256(state.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(body(), content_type=f"{content_type}; charset=utf-8")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
