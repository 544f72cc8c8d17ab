"""Tests of error responses."""

import json

import pytest
from flask import Flask
from werkzeug.exceptions import BadGateway

from provider.api.answers.errors import register_errors
from provider.observing.logs import set_up_logging
from provider.ports import ImageFilter, Page, Place
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web


class BrokenIndex(MemoryIndex):
    """An index without a database."""

    def count_by_status(self) -> dict[str, int]:
        """Raise an error."""
        raise RuntimeError("hush: no such table")

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:  # noqa: ARG002 - the port
        """Raise an error."""
        raise RuntimeError("hush: no such table")


@pytest.mark.parametrize(
    ("path", "accept", "is_page"),
    [
        ("/nowhere", "*/*", False),
        ("/nowhere", "text/html,*/*;q=0.8", True),
        ("/api/nowhere", "text/html", False),
        ("/catalog/images/missing/catalog-info.yaml", "text/html", False),
        ("/images/missing", "*/*", True),
        # So long that Werkzeug would need seconds to read it.
        ("/nowhere", f"text/html, x{' ' * 100_000}x", False),
    ],
)
def test_an_error_is_json_unless_the_client_accepts_html(path: str, accept: str, is_page: bool) -> None:
    """Programs get the format of Flask-Smorest with the request id; people get a page."""
    answer = web(MemoryIndex()).test_client().get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    if is_page:
        assert "<h1>Not Found</h1>" in answer.text
    else:
        document = answer.get_json()
        assert (document["code"], document["status"]) == (404, "Not Found")
        assert document["requestId"] == answer.headers["X-Request-Id"]


def test_a_wrong_method_has_the_allowed_methods() -> None:
    """The response is 405 with an Allow header."""
    answer = web(MemoryIndex()).test_client().delete("/api/v1/images")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)


def test_an_unexpected_error_is_logged_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The response has the request id under which the log has the cause."""
    set_up_logging("json", Redactor(()))
    answer = web(BrokenIndex()).test_client().get("/images")
    (logged,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert answer.status_code == 500
    assert "hush" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert (logged["event"], logged["request_id"]) == ("request_failed", answer.headers["X-Request-Id"])
    assert "hush: no such table" in logged["traceback"]


def test_secrets_in_messages_of_upstreams_are_hidden() -> None:
    """The secret is replaced in the message."""
    app = Flask(__name__)
    register_errors(app, lambda *_: "", (), Redactor([Secret("hush-hush-1")]))

    @app.get("/api/broken")
    def broken() -> str:
        raise BadGateway("GitHub does not know hush-hush-1; check its settings")

    message = app.test_client().get("/api/broken").get_json()["message"]
    assert message == "GitHub does not know ***; check its settings"
