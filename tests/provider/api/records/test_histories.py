"""Tests of /api/v1/rebuilds and /api/v1/updates."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provider.store.engine import migrate, open_engine
from provider.store.image_histories import SqlImageHistories
from provider.store.images import SqlImageIndex
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.provider.web_images import NOW, digest, managed, rebuild, varied_images
from tests.provider.web_part import web

SECRET = "ghp_0123456789abcdef0123456789abcdef0123"


@pytest.fixture(name="client")
def made_client(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of the web part over a database with varied images, and one image that writes formulas and a secret."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    index = SqlImageIndex(engine)
    hostile = rebuild(
        2, id="=cmd", reason='=HYPERLINK("http://evil")\n"quoted", and more', error=f"refused {SECRET}", url="+1"
    )
    hostile = replace(hostile, requested_by="user:default/jane, scanner", cve="CVE-2026-2, CVE-2026-20")
    index.replace([*varied_images(), managed("hostile", rebuilds=(hostile,), owner="group:default/b")], {})
    redactor = Redactor([Secret(SECRET)])
    yield web(index, histories=SqlImageHistories(engine), redactor=redactor).test_client()
    engine.dispose()


def ids(client: FlaskClient, query: str) -> list[str]:
    """The ids of the rebuilds that a query finds."""
    return [item["id"] for item in client.get(f"/api/v1/rebuilds?{query}").get_json()["items"]]


def rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["rebuild-0", "rebuild-1", "=cmd", "rebuild-9", "rebuild-30"]),
        ("since=2026-03-08T12:00:00Z", ["rebuild-0", "rebuild-1", "=cmd"]),
        ("since=2026-03-08T13:00:00%2B01:00", ["rebuild-0", "rebuild-1", "=cmd"]),
        ("since=2026-03-08T12:00:00.0000001Z&until=2026-03-10T12:00:00Z", ["rebuild-1", "=cmd"]),
        ("conclusion=failure", ["rebuild-1"]),
        ("owner=group:default/b", ["=cmd"]),
        ("owner=group:default/team-a&conclusion=success&until=2026-03-01T00:00:00z", ["rebuild-30"]),
        ("page=9", []),
        ("image=backstage", ["rebuild-9", "rebuild-30"]),
        ("image=back", []),
        ("owner=group:default/x,Group:Default/B", ["=cmd"]),
        ("owner=", []),
        ("requestedBy=user:default/mia", ["rebuild-0"]),
        ("requestedBy=USER:default/MIA", ["rebuild-0"]),
        ("requestedBy=image-factory", ["rebuild-1", "rebuild-9", "rebuild-30"]),
        ("requestedBy=user:default", []),
        ("requestedBy=%25", []),
        ("requestedBy=user:default/m_a", []),
        ("cve=cve-2026-2", ["=cmd"]),
        ("cve=CVE-2026-20", ["=cmd"]),
        ("cve=CVE-2026", []),
        ("cve=CVE-2026-2&requestedBy=scanner", ["=cmd"]),
        ("cve=CVE-2026-2&conclusion=failure", []),
    ],
)
def test_rebuilds_of_all_images_are_filtered(client: FlaskClient, query: str, found: list[str]) -> None:
    """The newest is first, in JSON and in CSV."""
    assert ids(client, query) == found
    if "page" not in query:
        assert [row["id"].removeprefix("'") for row in rows(client, f"/api/v1/rebuilds?{query}&format=csv")] == found


def test_a_rebuild_names_its_image(client: FlaskClient) -> None:
    """The item has the fields of the rebuilds of one image, too."""
    items = client.get("/api/v1/rebuilds").get_json()["items"]
    (own,) = client.get("/api/v1/images/payments-api/rebuilds").get_json()["items"]
    assert items[1] == {"image": "payments-api", **own}


def test_digest_changes_of_all_images_name_their_image(client: FlaskClient) -> None:
    """The first digest of an image is the baseline."""
    items = client.get("/api/v1/updates?since=2026-01-09T00:00:00Z").get_json()["items"]
    assert [(item["image"], item["digest"]) for item in items] == [
        ("node", digest("a")),
        ("backstage", digest("b")),
        ("backstage", digest("c")),
        ("node", digest("d")),
    ]
    assert items[3]["previousDigest"] is None
    found = rows(client, "/api/v1/updates?format=csv&until=2026-02-01T00:00:00Z")
    assert [row["image"] for row in found] == ["node", "backstage"]
    assert (found[0]["platforms"], found[0]["previousDigest"], found[0]["repoint"]) == ("linux/amd64", "", "false")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("moves=true", [("node", digest("a"))]),
        ("moves=true&until=2026-03-01T00:00:00Z", []),
        ("moves=true&image=node", [("node", digest("a"))]),
        ("moves=true&image=backstage", []),
        ("image=node", [("node", digest("a")), ("node", digest("d"))]),
        ("image=node&moves=false", [("node", digest("a")), ("node", digest("d"))]),
        ("owner=group:default/platform&moves=true", [("node", digest("a"))]),
        ("owner=group:default/team-a&moves=true", []),
    ],
)
def test_changes_of_base_images_can_be_listed_alone(
    client: FlaskClient, query: str, found: list[tuple[str, str]]
) -> None:
    """Baselines and the digests that rebuilds made are left out, in JSON and in CSV."""
    items = client.get(f"/api/v1/updates?{query}").get_json()["items"]
    assert [(item["image"], item["digest"]) for item in items] == found
    assert [(row["image"], row["digest"]) for row in rows(client, f"/api/v1/updates?{query}&format=csv")] == found


def test_next_leads_through_all_pages(client: FlaskClient) -> None:
    """It keeps the filters."""
    found, address = [], "/api/v1/rebuilds?pageSize=2&since=2026-03-01T00:00:00Z"
    while address:
        page = client.get(address).get_json()
        assert page["total"] == 4
        found += [item["id"] for item in page["items"]]
        address = page["next"]
    assert found == ["rebuild-0", "rebuild-1", "=cmd", "rebuild-9"]


def test_no_cell_is_a_formula_or_has_a_secret(client: FlaskClient) -> None:
    """Quotes and line breaks stay in their cell, and each row has all columns."""
    answer = client.get("/api/v1/rebuilds?format=csv")
    (row,) = [row for row in rows(client, "/api/v1/rebuilds?format=csv") if row["image"] == "hostile"]
    assert row["id"] == "'=cmd"
    assert row["reason"] == '\'=HYPERLINK("http://evil")\n"quoted", and more'
    assert row["url"] == "'+1"
    assert row["causes"] == f"docker.io/library/node:22 {digest('a')} -> {digest('c')}"
    assert (row["emergency"], row["requestedAt"]) == ("false", "2026-03-08T12:00:00Z")
    assert SECRET not in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rebuilds.csv"'
    assert answer.text.startswith("image,id,requestedAt,dispatchedAt,completedAt,status,conclusion,url,requestedBy")


@pytest.mark.parametrize("path", ["rebuilds", "updates"])
@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-03-08",
        "since=2026-03-08T12:00:00",
        "since=2026-03-08T12:00:00+01:00",
        "until=2026-13-01T00:00:00Z",
        "until=",
        "until=2026-03-08T12:00:0%D9%A2Z",
        "since=1741435200",
        "format=xml",
        "format=csv&page=2",
        "format=csv&cursor=",
        "status=completed",
        "since=2026-03-08T12:00:00Z&since=2026-03-09T12:00:00Z",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(client: FlaskClient, path: str, query: str) -> None:
    """The response is 422 and names the parameter."""
    answer = client.get(f"/api/v1/{path}?{query}")
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]["query"]) & {"since", "until", "format", "page", "cursor", "status"}


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJuZXdlc3QgZmlyc3QiLCAieCIsICJ5Il0"])
def test_an_invalid_cursor_is_refused(client: FlaskClient, cursor: str) -> None:
    """It is no server error."""
    answer = client.get(f"/api/v1/rebuilds?cursor={cursor}")
    assert answer.status_code == 422
    assert "cursor" in answer.get_json()["errors"]["query"]


def test_a_long_csv_is_streamed(tmp_path: Path) -> None:
    """The answer has no length, because it is sent while it is read."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    index = SqlImageIndex(engine)
    times = [replace(rebuild(1), id=f"{number}", requested_at=NOW - timedelta(hours=number)) for number in range(700)]
    index.replace([managed("app", rebuilds=tuple(times))], {})
    answer = web(index, histories=SqlImageHistories(engine)).test_client().get("/api/v1/rebuilds?format=csv")
    assert answer.content_length is None
    assert answer.text.count("\r\n") == 701
    engine.dispose()
