"""Acts through the API and through forms are stored, with caller, action, outcome and time."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings

PUBLIC_URL = "http://127.0.0.1:8080"
REPOSITORY = {"url": "https://github.com/acme/tool", "unchecked": True}


@pytest.fixture(name="client")
def made_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the whole web part, on this machine."""
    url = f"sqlite:///{tmp_path_factory.mktemp('service') / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts:
        yield web_app(parts).test_client()


def acts(client: FlaskClient) -> list[tuple[str, str, str, str]]:
    """Action, name, outcome and reason of each act, the oldest first; all by the caller on this machine."""
    items = client.get("/api/v1/audit").get_json()["items"]
    assert {item["caller"] for item in items} <= {"local"}
    assert all(item["at"].endswith("Z") for item in items)
    return [(item["action"], item["name"], item["outcome"], item["reason"]) for item in reversed(items)]


def test_changes_through_the_api_are_stored(client: FlaskClient) -> None:
    """Refused ones too; a dry run says that it changed nothing; reading is no act."""
    path = "/api/v1/repositories"
    assert client.post(path, json=REPOSITORY).status_code == 201
    assert client.post(path, json=REPOSITORY).status_code == 409
    assert client.post(path, json={}).status_code == 422
    client.post(f"{path}?dryRun=true", json=REPOSITORY)
    assert client.delete(f"{path}/1").status_code in (204, 415)
    client.get(path)

    found = acts(client)
    assert found[:3] == [
        ("add-repository", path, "done", ""),
        ("add-repository", path, "refused", ""),
        ("add-repository", path, "refused", ""),
    ]
    assert found[3][3] == "dry run; nothing was changed"
    assert found[4][:2] == ("remove-repository", f"{path}/1")
    assert len(found) == 5


def test_changes_through_forms_are_stored(client: FlaskClient) -> None:
    """A form without its token is refused, and stored as such."""
    client.post("/api/v1/repositories", json=REPOSITORY)
    page = client.get("/repositories/1/delete").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    origin = {"Origin": PUBLIC_URL}
    assert client.post("/repositories/1/delete", headers=origin).status_code == 400
    assert client.post("/repositories/1/delete", data={"csrf_token": token[1]}, headers=origin).status_code == 303

    assert [act[:3] for act in acts(client)[1:]] == [
        ("delete (form)", "/repositories/1/delete", "refused"),
        ("delete (form)", "/repositories/1/delete", "done"),
    ]


def test_a_new_installation_has_no_problem_and_no_check_yet(client: FlaskClient) -> None:
    """The parts of the worker are listed before they report."""
    assert client.get("/api/v1/problems").get_json()["items"] == []
    parts = client.get("/api/v1/checks").get_json()["items"]
    assert [part["part"] for part in parts] == ["worker", "follow", "reactions", "releases", "messages"]
    assert {part["lastAt"] for part in parts} == {None}
