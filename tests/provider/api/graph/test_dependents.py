"""GET /api/v1/images/NAME/dependents."""

import csv
import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from catalog.image import Image
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import MemoryIndex, base, digest, managed, varied_images
from tests.provider.web_part import web


def _client(*images: Image) -> FlaskClient:
    index = MemoryIndex(images)
    return web(index, graphs=FakeImageGraphs(index)).test_client()


def test_a_dependent_has_the_promised_fields() -> None:
    """Direct ones, and those over others, with what each of them contains."""
    found = _client(*varied_images()).get("/api/v1/images/node/dependents").get_json()

    assert [item["name"] for item in found["items"]] == ["backstage", "mailer", "web-shop", "search"]
    assert found["items"][0] == {
        "name": "backstage",
        "status": "waiting",
        "owner": "group:default/team-a",
        "steps": 1,
        "role": "final",
        "through": [],
        "digest": digest("d"),
        "evidence": "verified",
        "pinned": False,
        "known": True,
        "state": "behind",
        "behind": True,
        "behindSince": "2026-03-07T12:00:00Z",
    }
    search = found["items"][3]
    assert (search["steps"], search["role"], search["through"]) == (2, None, ["backstage"])
    assert (search["digest"], search["evidence"], search["known"], search["behind"]) == (
        digest("d"), "assumed", False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=behind", ["backstage"]),
        ("state=unknown", ["mailer", "web-shop", "search"]),
        ("state=newest", []),
        ("direct=true", ["backstage", "mailer", "web-shop"]),
        ("direct=false", ["search"]),
        ("direct=false&state=behind", []),
    ],
)
def test_filters(query: str, names: list[str]) -> None:
    """What is not known to be behind is not among those that are."""
    found = _client(*varied_images()).get(f"/api/v1/images/node/dependents?{query}").get_json()
    assert [item["name"] for item in found["items"]] == names
    assert found["total"] == len(names)


def test_pages_go_on_by_cursor() -> None:
    """A page of two hundred images has the next one."""
    client = _client(base("node"), *(managed(f"app-{number:03}", "node") for number in range(230)))
    names, address = [], "/api/v1/images/node/dependents?pageSize=100"
    while address:
        page = client.get(address).get_json()
        names += [item["name"] for item in page["items"]]
        address = page["next"]
    assert names == [f"app-{number:03}" for number in range(230)]
    assert client.get("/api/v1/images/node/dependents?page=99").get_json()["items"] == []


def test_csv_has_all_of_them() -> None:
    """One row each, with the columns of the JSON; a name that a spreadsheet would run is text."""
    many = [managed(f"app-{number:03}", "node") for number in range(230)]
    evil = replace(managed("zz", "node"), owner="=cmd()")
    answer = _client(base("node"), *many, evil).get("/api/v1/images/node/dependents?format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dependents-node.csv"'
    assert len(rows) == 231
    assert (rows[0]["name"], rows[0]["steps"], rows[0]["known"], rows[0]["digest"]) == ("app-000", "1", "false", "")
    assert rows[-1]["owner"].startswith("'=")


@pytest.mark.parametrize("query", ["state=yes", "behind=true", "direct=1", "format=xml", "digest=x", "page=0"])
def test_a_wrong_query_is_refused(query: str) -> None:
    """Each of these names its parameter."""
    answer = _client(base("node")).get(f"/api/v1/images/node/dependents?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in str(answer.get_json())


def test_an_unknown_image_is_not_found() -> None:
    """Also one that images depend on."""
    client = _client(managed("app", "unknown"))
    assert client.get("/api/v1/images/unknown/dependents").status_code == 404
    assert client.get("/api/v1/images/app/dependents").get_json()["items"] == []
