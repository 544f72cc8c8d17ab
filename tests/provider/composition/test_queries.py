"""Every route of the service refuses query parameters that it does not read."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings

# GitHub's and the registries' own parameters: these views have an allow-list of their own. A provider that signs people
# in may add parameters to the address to which it sends them back.
_FACES = ("/proxy/github/", "/proxy/registry/", "/login/callback")
LISTS = ("/api/v1/images", "/images")


@pytest.fixture(name="app", scope="module")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole web part, over a database of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('service') / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts:
        yield web_app(parts)


@pytest.fixture(name="client")
def made_client(app: Flask) -> FlaskClient:
    """A client on this machine."""
    return app.test_client()


def test_every_route_refuses_an_unknown_query_parameter(app: Flask) -> None:
    """It holds for each method of each route, so that no new route can forget it."""
    client, checked = app.test_client(), 0
    headers = {"Origin": "http://127.0.0.1:8080", "Content-Type": "application/json"}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            if not rule.rule.startswith(_FACES):
                answer = client.open(_path(rule), method=method, query_string={"colour": "blue"}, headers=headers)
                assert answer.status_code == 422, (method, rule.rule, answer.text[:300])
                checked += 1
    assert checked > 60


def test_every_route_refuses_a_parameter_that_is_given_twice(app: Flask) -> None:
    """Clients and servers may disagree about which value counts."""
    client = app.test_client()
    for path, name in [
        *((path, "owner") for path in LISTS),
        ("/login", "next"),
        ("/", "q"),
        ("/images/x/runs", "branch"),
    ]:
        answer = client.get(f"{path}?{name}=a&{name}=b")
        assert (answer.status_code, "give it only once" in answer.text) == (422, True), path


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sha=sha256:4a84", "Not known; known are"),
        ("since=2026-11-21", "Not known"),
        ("standsOn=node", "Not known; known are"),
        ("ownr=group:default/a", "did you mean owner?"),
        ("depends_on=node", "did you mean dependsOn?"),
        ("OWNER=x", "did you mean owner?"),
        ("", None),
        ("owner=group:default/a", None),
        ("dependsOn=node-22", None),
    ],
)
def test_a_filter_is_read_or_refused(client: FlaskClient, path: str, query: str, says: str | None) -> None:
    """A list with an unread filter would look like the answer to the question."""
    answer = client.get(f"{path}?{query}")
    if says is None:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert says in answer.text
        assert "dependsOn" in answer.text


def test_the_error_is_json_for_programs_and_a_page_for_people(client: FlaskClient) -> None:
    """The JSON has a message for each parameter."""
    errors = client.get("/api/v1/images?colour=blue&sha=x").get_json()["errors"]["query"]
    assert set(errors) == {"colour", "sha"}
    page = client.get("/images?colour=blue")
    assert page.content_type.startswith("text/html")
    assert "Query parameter colour: Not known" in page.text
    assert "/static/style.css" in page.text


def test_many_and_long_names_are_cut(client: FlaskClient) -> None:
    """The time to find the nearest name and the size of the answer have a bound."""
    query = "&".join(f"{'x' * 3000}{number}={number}" for number in range(200))
    answer = client.get(f"/api/v1/images?{query}")
    assert answer.status_code == 422
    assert len(answer.text) < 10_000
    assert client.get("/api/v1/images?%00%0a=1").status_code == 422


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^<>:]*:)?[^<>]+>", "1", rule.rule)
