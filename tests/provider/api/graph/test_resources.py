"""GET /api/v1/images/NAME/graph."""

import pytest
from flask.testing import FlaskClient

from catalog.image import Image
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import MemoryIndex, base, digest, managed, varied_images
from tests.provider.web_part import web


def _client(*images: Image) -> FlaskClient:
    index = MemoryIndex(images)
    return web(index, graphs=FakeImageGraphs(index)).test_client()


def test_nodes_and_edges_have_the_promised_fields() -> None:
    """In camelCase, with what is known and what is behind."""
    found = _client(*varied_images()).get("/api/v1/images/backstage/graph").get_json()

    assert (found["name"], found["total"], found["truncated"]) == ("backstage", 4, False)
    assert [(node["name"], node["depth"]) for node in found["nodes"]] == [
        ("node", -1),
        ("syntax", -1),
        ("backstage", 0),
        ("search", 1),
    ]
    assert found["nodes"][2] == {
        "name": "backstage",
        "depth": 0,
        "role": "managed",
        "status": "waiting",
        "reason": "node:22 changed on 5 Mar 2026; rebuild on or after 12 Mar 2026 (7-day delay).",
        "owner": "group:default/team-a",
        "hiddenDependents": 0,
        "hiddenDependencies": 0,
    }
    assert found["edges"][0] == {
        "base": "node",
        "image": "backstage",
        "role": "final",
        "builtOn": digest("d"),
        "evidence": "verified",
        "newest": digest("a"),
        "pinned": False,
        "known": True,
        "causesRebuild": True,
        "behind": True,
    }
    to_search = found["edges"][2]
    assert (to_search["image"], to_search["evidence"], to_search["known"]) == ("search", "assumed", False)


def test_depth_and_nodes_bound_the_graph() -> None:
    """A part is returned, and says so."""
    client = _client(base("node"), managed("run", "node"), managed("app", "run"), managed("page", "app"))

    deep = client.get("/api/v1/images/node/graph?depth=3").get_json()
    assert [node["name"] for node in deep["nodes"]] == ["node", "run", "app", "page"]
    small = client.get("/api/v1/images/node/graph?nodes=2").get_json()
    assert [node["name"] for node in small["nodes"]] == ["node", "run"]
    assert (small["total"], small["truncated"]) == (3, True)


@pytest.mark.parametrize("query", ["depth=0", "depth=11", "depth=x", "nodes=1", "nodes=101", "levels=2"])
def test_a_wrong_query_is_refused(query: str) -> None:
    """Each of these names its parameter."""
    answer = _client(base("node")).get(f"/api/v1/images/node/graph?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in str(answer.get_json())


def test_an_unknown_image_is_not_found() -> None:
    """Also where images depend on that name."""
    client = _client(managed("app", "unknown"))
    assert client.get("/api/v1/images/unknown/graph").status_code == 404
    assert client.get("/api/v1/images/app/graph").get_json()["nodes"][0]["status"] is None
