"""Removes the service's own secrets from every response, whoever wrote the text in it.

Titles of runs, error messages of registries and notes of releases come from outside, and can contain a secret of ours.
A response without one is sent as it is, after one search; a document with one is parsed and written again, so that it
stays valid. `provider/redaction.py` also removes what only looks like a credential, from the texts of failures.
"""

import json
from collections.abc import Callable, Mapping

import yaml
from flask import Flask, Response

from catalog.render import document, fragment
from proxy.secrets.forms import as_text
from proxy.secrets.redactor import Redactor

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def redact_responses(app: Flask, redactor: Redactor) -> None:
    """Send no response with a secret that the redactor knows; call it after `answer_fast`, which keeps the result.

    Static files are sent as they are, and so are large documents: `provider/api/large` redacts them when it makes them.
    Names of fields in JSON and YAML are the service's own and stay.
    """

    # Flask calls these functions in reverse order, so `answer_fast`, which is set up before, keeps redacted responses.
    @app.after_request
    def redact(response: Response) -> Response:
        if response.is_streamed:
            return response
        body = response.get_data()
        if redactor.holds(body):
            text = redacted(as_text(body), response.mimetype or "", redactor)
            response.set_data(text.encode("utf-8", "surrogateescape"))
            # It was made of the text with the secret.
            del response.headers["ETag"]
        return response


def redacted(text: str, mimetype: str, redactor: Redactor) -> str:
    """A document that holds a secret of the redactor, without it; JSON and YAML stay valid."""
    match mimetype:
        case "application/json":
            return json.dumps(_texts_changed(json.loads(text), redactor.without_known))
        case "application/yaml":
            entities = yaml.load_all(text, Loader=_LOADER)
            return document(fragment(_fields_changed(entity, redactor.without_known)) for entity in entities if entity)
        case _:
            return redactor.without_known(text)


def _texts_changed(value: object, change: Callable[[str], str]) -> object:
    match value:
        case str():
            return change(value)
        case list():
            return [_texts_changed(inner, change) for inner in value]
        case Mapping():
            return _fields_changed(value, change)
        case _:
            return value


def _fields_changed(fields: Mapping[str, object], change: Callable[[str], str]) -> dict[str, object]:
    return {key: _texts_changed(inner, change) for key, inner in fields.items()}
