"""Tests that no response contains a secret of the service."""

import json

import pytest
import yaml
from flask import Flask, Response
from werkzeug.test import TestResponse

from catalog.image import Failure
from provider.api.answers.redaction import redact_responses
from provider.auth.access import Access
from provider.auth.callers import parse_tokens
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.provider.web_images import NOW, MemoryIndex, managed
from tests.provider.web_part import web

SECRET = "hush+hush/hush=="
REDACTOR = Redactor([Secret(SECRET)])
TOKEN = {"X-Image-Factory-Token": "good"}


def sent(body: str, content_type: str) -> TestResponse:
    """The response with this body, after redaction."""
    app = Flask("redaction", static_folder=None)
    redact_responses(app, REDACTOR)

    @app.get("/")
    def view() -> Response:
        response = Response(body, content_type=content_type)
        response.set_etag("made-of-the-secret")
        return response

    return app.test_client().get("/")


def test_json_stays_valid_and_keeps_its_fields() -> None:
    """The texts change, also where an escape stands directly before the secret; numbers and names of fields stay."""
    document = {"title": f"a\n{SECRET}", "runs": [{"id": 2**62, "note": f"é{SECRET}"}], "hush": None}

    answer = sent(json.dumps(document), "application/json")

    assert answer.get_json() == {"title": "a\n***", "runs": [{"id": 2**62, "note": "é***"}], "hush": None}


def test_yaml_stays_valid() -> None:
    """A text that begins with the mark for a secret is quoted, because it would be an alias."""
    answer = sent(
        f"title: {SECRET} is known\ntags:\n- {SECRET}\n---\ntitle: other\n", "application/yaml; charset=utf-8"
    )

    assert list(yaml.safe_load_all(answer.text)) == [{"title": "*** is known", "tags": ["***"]}, {"title": "other"}]


@pytest.mark.parametrize(
    "written", [SECRET, "hush%2bhush%2Fhush==", "hush&#43;hush/hush&#61;=", "aHVzaCtodXNoL2h1c2g9PQ=="]
)
@pytest.mark.parametrize("kind", ["text/html", "text/csv", "text/plain"])
def test_a_page_and_an_export_show_no_form_of_the_secret(written: str, kind: str) -> None:
    """The rest stays; the entity tag, which was made of the secret too, is removed."""
    answer = sent(f"<p>{written}</p>", kind)

    assert answer.text == "<p>***</p>"
    assert answer.content_length == len("<p>***</p>")
    assert "ETag" not in answer.headers


def test_a_response_without_a_secret_is_sent_as_it_is() -> None:
    """Byte for byte, with its entity tag."""
    answer = sent('{"a" :  "b"}', "application/json")

    assert (answer.text, answer.headers["ETag"]) == ('{"a" :  "b"}', '"made-of-the-secret"')


@pytest.mark.parametrize(
    "path", ["/api/v1/images/app", "/images/app", "/catalog/catalog-info.yaml", "/api/v1/images", "/catalog/entities"]
)
def test_what_is_known_of_an_image_shows_no_secret(path: str) -> None:
    """Its reason and its last error can quote a registry."""
    image = managed("app", reason=f"failed: {SECRET}", last_error=Failure(NOW, f"the registry says {SECRET}"))
    index = MemoryIndex([image], {"app": f"description: {SECRET} is known\n"})
    client = web(index, redactor=REDACTOR).test_client()

    answer = client.get(path)

    assert answer.status_code == 200
    assert "***" in answer.text
    assert not REDACTOR.holds(answer.data)


def test_a_cached_response_is_redacted_before_it_is_cached() -> None:
    """The second response comes from the cache."""
    index = MemoryIndex([managed("app", reason=f"failed: {SECRET}")])
    app = web(index, Access(parse_tokens("ci:read:good")), redactor=REDACTOR)

    answers = [app.test_client(use_cookies=False).get("/api/v1/images", headers=TOKEN) for _ in range(2)]

    assert [answer.get_json()["items"][0]["reason"] for answer in answers] == ["failed: ***"] * 2
