"""Tests of /api/v1/images."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provider.api.answers.cursors import cursor_of
from provider.ports import Place
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from tests.provider.web_images import MemoryIndex, base, dependency, digest, managed, rebuild, update, varied_images
from tests.provider.web_part import web


@pytest.fixture(name="index")
def made_index() -> MemoryIndex:
    """An index of varied images."""
    return MemoryIndex(varied_images())


@pytest.fixture(name="client")
def made_client(index: MemoryIndex) -> FlaskClient:
    """A client on this machine."""
    return web(index).test_client()


def names(client: FlaskClient, query: str) -> list[str]:
    """The names of the images that a query finds."""
    return [item["name"] for item in client.get(f"/api/v1/images?{query}").get_json()["items"]]


def test_an_image_has_the_promised_fields(client: FlaskClient) -> None:
    """Every promised key is present, in camelCase, with times in UTC."""
    detail = client.get("/api/v1/images/backstage").get_json()
    promised = (
        "name role registry repository tag reference digest status reason nextEligibleAt lastChecked lastBuilt "
        "discovery dependencies dependents enrollment lastRebuild lastError entityRef"
    )
    assert set(promised.split()) <= set(detail)
    assert detail["reference"] == "ghcr.io/acme/backstage:latest"
    assert detail["nextEligibleAt"] == "2026-03-12T12:00:00Z"
    assert detail["dependents"] == [{"name": "search", "status": "rebuilding"}]
    assert detail["dependencies"][0] == {
        "name": "node",
        "reference": "docker.io/library/node:22",
        "role": "final",
        "kinds": ["from"],
        "platforms": ["linux/amd64"],
        "builtOn": digest("d"),
        "evidence": "verified",
        "newest": digest("a"),
        "status": "watched",
        "verification": None,
        "written": "",
        "builtOnSince": None,
        "newestSince": None,
        "line": None,
        "file": "",
    }
    assert detail["dependencies"][1]["builtOn"] is detail["dependencies"][1]["evidence"] is None
    assert detail["lastRebuild"]["causes"][0]["firstSeen"] == "2026-02-22T12:00:00Z"
    assert detail["enrollment"]["source"]["workflow"] == "backstage.yml"
    assert detail["lastError"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=base", ["debian", "node", "python", "syntax"]),
        ("status=failed", ["payments-api"]),
        ("dependsOn=debian", ["payments-api", "reports"]),
        ("registry=registry.example.com:5000", ["python"]),
        ("q=observability", ["collector"]),
        (f"builtFrom={digest('d')}", ["backstage"]),
        (f"builtFrom={digest('d')}&transitive=false", ["backstage"]),
        (f"builtFrom={digest('d')}&transitive=true", ["backstage", "search"]),
        (f"builtFrom={digest('9')}&transitive=true", []),
        ("role=base&sort=-name", ["syntax", "python", "node", "debian"]),
        ("page=900000000", []),
    ],
)
def test_filters_restrict_the_list(client: FlaskClient, query: str, found: list[str]) -> None:
    """Each filter restricts the list; a page past the end is empty."""
    assert names(client, query) == found


def test_items_of_the_list_have_the_names_of_dependents(client: FlaskClient) -> None:
    """The detail has their statuses too."""
    items = {item["name"]: item for item in client.get("/api/v1/images").get_json()["items"]}
    assert items["debian"]["dependents"] == ["payments-api", "reports"]
    assert items["backstage"]["dependencies"][0]["builtOn"] == digest("d")


@pytest.mark.parametrize(
    "query",
    [
        "builtFrom=node:22",
        "builtFrom=",
        f"builtFrom=sha256:{'A' * 64}",
        f"builtFrom=sha256:{'a' * 63}",
        f"builtFrom=%20{digest('a')}",
        "transitive=true",
        f"builtFrom={digest('a')}&transitive=yes",
    ],
)
def test_a_digest_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    """The message shows how a digest is written."""
    answer = client.get(f"/api/v1/images?{query}")
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]["query"]) <= {"builtFrom", "transitive"}


@pytest.mark.parametrize("query", ["role=king", "status=fine", "sort=weight", "page=0", "pageSize=101", "page=x"])
def test_an_invalid_query_parameter_is_named(client: FlaskClient, query: str) -> None:
    """The response is 422 and names the parameter."""
    answer = client.get(f"/api/v1/images?{query}")
    assert answer.status_code == 422
    assert query.split("=", maxsplit=1)[0] in answer.get_json()["errors"]["query"]


def test_next_leads_through_all_pages(client: FlaskClient) -> None:
    """Following `next` from the first page returns every image once and keeps the filters."""
    found, address = [], "/api/v1/images?role=managed&pageSize=3"
    while address:
        answer = client.get(address)
        page = answer.get_json()
        assert (page["total"], page["pageSize"]) == (9, 3)
        assert answer.headers["X-Pagination"].startswith('{"total": 9, "total_pages": 3')
        found += [item["name"] for item in page["items"]]
        address = page["next"]
    assert sorted(found) == found == sorted(set(found))
    assert len(found) == 9


@pytest.mark.parametrize("text", ["x", "W10", "W10=", "bnVsbA", "WyJuYW1lIiwxLDJd", "é", "A" * 5000])
@pytest.mark.parametrize("path", ["images", "images/app/updates", "images/backstage/impact"])
def test_an_invalid_cursor_is_refused(client: FlaskClient, path: str, text: str) -> None:
    """The response is 422 with an error for `cursor` in every list, never a server error."""
    index = client.get(f"/api/v1/{path}")
    answer = client.get(f"/api/v1/{path}", query_string={"cursor": text})
    assert answer.status_code == (422 if index.status_code == 200 else 404)
    if answer.status_code == 422:
        assert "cursor" in answer.get_json()["errors"]["query"]


@pytest.mark.parametrize(("sort", "key"), [("name", "x"), ("lastUpdated", "2026-01-01T00:00:00"), ("lastUpdated", "x")])
def test_a_cursor_of_another_order_is_refused(tmp_path: Path, sort: str, key: str) -> None:
    """The database refuses it too, because its key belongs to another order."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    index = SqlImageIndex(engine)
    index.replace(varied_images(), {})
    made_for = "status" if sort == "name" else sort
    cursor = cursor_of(made_for, Place(key, "app"))
    answer = web(index).test_client().get(f"/api/v1/images?sort={sort}&cursor={cursor}")
    engine.dispose()

    assert answer.status_code == 422
    assert "cursor" in answer.get_json()["errors"]["query"]


def test_an_empty_cursor_is_the_first_page(client: FlaskClient) -> None:
    """A client that uses only cursors starts with an empty one."""
    page = client.get("/api/v1/images?cursor=&pageSize=2").get_json()
    assert (len(page["items"]), page["page"]) == (2, None)
    assert page["next"]


def test_a_list_needs_the_same_number_of_queries_for_any_length(client: FlaskClient, index: MemoryIndex) -> None:
    """There is no query for each image."""
    client.get("/api/v1/images?pageSize=100")
    assert index.asked == ["page", "neighbours"]


def test_histories_are_paged() -> None:
    """Updates start with the baseline, rebuilds with the newest."""
    image = managed("app", updates=(update(9, "a", None), update(1, "b", "a")), rebuilds=(rebuild(9), rebuild(2)))
    client = web(MemoryIndex([image])).test_client()
    updates = client.get("/api/v1/images/app/updates?pageSize=1").get_json()
    assert updates["items"][0]["previousDigest"] is None
    rest = client.get(updates["next"]).get_json()
    assert [item["digest"] for item in rest["items"]] == [digest("b")]
    assert (rest["page"], rest["next"]) == (None, None)
    rebuilds = client.get("/api/v1/images/app/rebuilds").get_json()
    assert [item["id"] for item in rebuilds["items"]] == ["rebuild-2", "rebuild-9"]
    assert rebuilds["items"][0]["conclusion"] == "success"


def test_impact_lists_the_rebuilds_with_their_times() -> None:
    """It needs few queries for any number of managed images."""
    on_app = (replace(dependency("app"), ages=False),)
    children = [managed(f"a{number}", dependencies=on_app) for number in range(600)]
    index = MemoryIndex([base("node"), managed("app", "node"), *children])
    client = web(index).test_client()
    impact = client.get("/api/v1/images/node/impact?pageSize=2").get_json()
    assert impact["total"] == 601
    assert impact["items"][1] == {
        "name": "a0",
        "depth": 2,
        "path": ["node", "app", "a0"],
        "eligibleAt": "2026-03-17T12:00:00Z",
        "automatic": True,
        "reason": None,
    }
    assert index.asked == ["image", "page", "page"]


@pytest.mark.parametrize("rest", ["", "/updates", "/rebuilds", "/impact"])
def test_an_unknown_image_is_not_found(client: FlaskClient, rest: str) -> None:
    """The response is 404 and contains the name."""
    answer = client.get(f"/api/v1/images/missing{rest}")
    assert answer.status_code == 404
    assert "missing" in answer.get_json()["message"]


def test_a_parameter_that_is_given_twice_is_refused() -> None:
    """Clients and servers may disagree about which value counts."""
    answer = web(MemoryIndex()).test_client().get("/api/v1/images?q=a&q=b&page=1")

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"query": {"q": ["Given more than once; give it only once."]}}
