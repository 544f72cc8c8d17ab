"""Tests of the ids of requests."""

import re

import pytest
from flask import Flask

from provider.api.request_ids import REQUEST_ID, RequestIds, current_request_id
from proxy.observing.context import known_here


def _answered(given: str | None) -> tuple[str, str]:
    """The id in the response, and what the application saw of it: its own, and that of its log."""
    app = Flask(__name__)
    app.wsgi_app = RequestIds(app.wsgi_app)  # type: ignore[method-assign]
    app.add_url_rule("/", view_func=lambda: f"{current_request_id()} {known_here()['request_id']}")
    answer = app.test_client().get("/", headers={} if given is None else {REQUEST_ID: given})
    assert len(answer.headers.getlist(REQUEST_ID)) == 1
    return answer.headers[REQUEST_ID], answer.text


def test_a_well_formed_id_is_taken() -> None:
    """That of a reverse proxy is the same in its log and in ours."""
    given = "3f6b6c1e-8a3c-4b1f-9c0e-5f1d2b7c8e90"
    assert _answered(given) == (given, f"{given} {given}")


@pytest.mark.parametrize(
    "given", [None, "", "short", "x" * 129, "with space 1", "new\tline-1234", "-12345678", "ü" * 10]
)
def test_any_other_id_is_replaced(given: str | None) -> None:
    """What a caller sends is no line of the log, and no id that means nothing."""
    shown, seen = _answered(given)
    assert re.fullmatch("[0-9a-f]{32,33}", shown)
    assert seen == f"{shown} {shown}"


def test_each_request_has_an_id_of_its_own() -> None:
    """Nothing of a request is left for what comes after it."""
    assert _answered(None)[0] != _answered(None)[0]
    assert known_here() == {}
