"""Tests of the filters, the order and the facets of the list of images, as the Backstage plugin reads them."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from catalog.image import Evidence, Status
from tests.provider.web_images import NOW, MemoryIndex, base, dependency, digest, managed, rebuild, varied_images
from tests.provider.web_part import web


@pytest.fixture(name="client")
def made_client() -> FlaskClient:
    """A client on this machine, of varied images."""
    return web(MemoryIndex(varied_images())).test_client()


def names(client: FlaskClient, query: str) -> list[str]:
    """The names of the images that a query finds."""
    return [item["name"] for item in client.get(f"/api/v1/images?{query}").get_json()["items"]]


def test_several_values_of_a_filter_are_alternatives(client: FlaskClient) -> None:
    """With commas between them; different filters must hold together."""
    failed, waiting = names(client, "status=failed"), names(client, "status=waiting")

    assert set(names(client, "status=failed,waiting")) == {*failed, *waiting}
    assert names(client, "role=base,managed") == names(client, "")
    assert set(names(client, "registry=ghcr.io,docker.io&role=base")) < set(names(client, "role=base"))
    assert names(client, "status=failed,waiting&q=backstage") == ["backstage"]


def test_owners_are_found_in_any_case(client: FlaskClient) -> None:
    """The references of a user in Backstage are in lower case, and those of enrollments as people write them."""
    mine = names(client, "owner=group:default/team-a,user:default/nina")

    assert mine
    assert names(client, "owner=GROUP:default/Team-A") == names(client, "owner=group:default/team-a") == mine


@pytest.mark.parametrize(
    ("spelling", "registry"),
    [
        ("index.docker.io", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("registry.hub.docker.com:443", "docker.io"),
        ("Docker.IO", "docker.io"),
        (" docker.io. ", "docker.io"),
        ("GHCR.io:443", "ghcr.io"),
        ("REGISTRY.example.com:5000", "registry.example.com:5000"),
        ("GHCR.IO,index.docker.io", "ghcr.io,docker.io"),
    ],
)
def test_a_registry_is_found_in_each_of_its_spellings(client: FlaskClient, spelling: str, registry: str) -> None:
    """As its images are written in Dockerfiles; the counts of the facets are the same too."""
    facets = [client.get("/api/v1/image-facets", query_string={"registry": each}) for each in (spelling, registry)]

    assert names(client, f"registry={spelling}") == names(client, f"registry={registry}") != []
    assert facets[0].get_json() == facets[1].get_json()


@pytest.mark.parametrize("query", ["status=failed,broken", "status=", "role=base,", "status=failed&status=due"])
def test_a_value_that_is_not_known_is_refused(client: FlaskClient, query: str) -> None:
    """So is a parameter that is given twice."""
    assert client.get(f"/api/v1/images?{query}").status_code == 422


def test_what_needs_attention_comes_first(client: FlaskClient) -> None:
    """Through pages too: the cursor goes on in that order."""
    every = names(client, "sort=attention")
    first = client.get("/api/v1/images?sort=attention&pageSize=3").get_json()
    second = client.get(f"{first['next']}").get_json()

    assert every.index("payments-api") < every.index("backstage") < every.index("node")
    assert [item["name"] for item in (*first["items"], *second["items"])] == every[:6]


def test_images_that_are_behind_are_found_and_sorted() -> None:
    """The time is in the answer; that no newer digest is known is null, whatever the status says of it."""
    late = [NOW - timedelta(days=days) for days in (3, 9)]
    client = web(
        MemoryIndex(
            [
                managed("short", behind_since=late[0], status=Status.WAITING),
                managed("long", behind_since=late[1], enrollment={"criticality": "high"}, status=Status.FAILED),
                managed("unsure", status=Status.UNVERIFIED),
                base("node"),
            ]
        )
    ).test_client()
    items = client.get("/api/v1/images?sort=behindSince").get_json()["items"]

    assert [(item["name"], item["behindSince"], item["criticality"]) for item in items] == [
        ("long", "2026-03-01T12:00:00Z", "high"),
        ("short", "2026-03-07T12:00:00Z", "normal"),
        ("node", None, None),
        ("unsure", None, "normal"),
    ]
    assert names(client, "behind=true&sort=-behindSince") == ["short", "long"]
    assert names(client, "behind=false") == ["node", "unsure"]
    assert names(client, "criticality=high,low") == ["long"]
    assert client.get("/api/v1/images?behind=perhaps").status_code == 422
    assert client.get("/api/v1/images?criticality=urgent").status_code == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"digest={digest('d')}", ["backstage"]),
        (f"digest={'D' * 12}", ["backstage"]),
        (f"digest=sha256:{'d' * 63}&transitive=true", ["backstage", "search"]),
        ("reference=debian:22", ["debian", "payments-api", "reports"]),
        ("reference=docker.io/library/debian", ["debian", "payments-api", "reports"]),
        ("reference=debian:21", []),
        ("uses=debian", ["debian", "payments-api", "reports"]),
        ("uses=debian&role=managed&status=failed", ["payments-api"]),
        ("cve=cve-2026-0001", ["urgent"]),
    ],
)
def test_images_are_found_with_what_is_built_from_them(query: str, found: list[str]) -> None:
    """By a digest or its beginning, a reference, a base image, or a vulnerability."""
    urgent = managed("urgent", rebuilds=(replace(rebuild(1), cve="CVE-2026-0001"),))
    client = web(MemoryIndex([*varied_images(), urgent])).test_client()

    assert sorted(names(client, query)) == found
    assert client.get(f"/api/v1/image-facets?{query}").get_json()["total"] == len(found)


@pytest.mark.parametrize(
    "query",
    [
        "digest=dddddddddd",
        "digest=sha512",
        f"digest={'d' * 65}",
        "reference=:22",
        "reference=",
        f"reference=node@{digest('d')}",
        "transitive=true",
        "cve=CVE-1&transitive=true",
        "format=xml",
        "format=csv&page=1",
    ],
)
def test_what_cannot_be_found_is_refused(client: FlaskClient, query: str) -> None:
    """With the parameter named."""
    answer = client.get(f"/api/v1/images?{query}")

    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]["query"]) <= {"digest", "reference", "transitive", "format", "page"}


def test_the_list_is_exported_as_csv() -> None:
    """The filtered and sorted list, with what each image was built from; no cell is a formula."""
    edge = replace(dependency("node"), built_on=digest("d"), evidence=Evidence.VERIFIED)
    images = [
        managed("app", dependencies=(edge, dependency("debian")), behind_since=NOW, reason='=HYPERLINK("x")'),
        managed("lib", enrollment={"criticality": "high"}, title='+1, a "title"\n'),
        base("node"),
    ]
    client = web(MemoryIndex(images)).test_client()
    answer = client.get("/api/v1/images?format=csv&role=managed&sort=-name")
    lib, app = csv.DictReader(io.StringIO(answer.text, newline=""))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="images.csv"'
    assert (app["name"], app["status"], app["behindSince"]) == ("app", "up-to-date", "2026-03-10T12:00:00Z")
    assert (
        app["builtFrom"] == f"docker.io/library/node:22 {digest('d')} (verified); docker.io/library/debian:22 unknown"
    )
    assert app["reason"] == '\'=HYPERLINK("x")'
    assert (lib["criticality"], lib["title"], lib["behindSince"]) == ("high", '\'+1, a "title"\n', "")


def test_a_long_list_is_exported_in_full() -> None:
    """Every image once, in the order of the list."""
    every = [f"app-{number:04}" for number in range(1203)]
    client = web(MemoryIndex(map(managed, every))).test_client()
    rows = csv.DictReader(io.StringIO(client.get("/api/v1/images?format=csv").text, newline=""))

    assert [row["name"] for row in rows] == every


def test_facets_count_what_can_be_filtered(client: FlaskClient) -> None:
    """Each count is the total of the list with that value; filters hold for the counts too."""
    facets = client.get("/api/v1/image-facets").get_json()

    assert facets["total"] == client.get("/api/v1/images").get_json()["total"]
    for key, name in {
        "roles": "role",
        "registries": "registry",
        "owners": "owner",
        "statuses": "status",
        "criticalities": "criticality",
    }.items():
        for facet in facets[key]:
            listed = client.get(f"/api/v1/images?{name}={facet['value']}").get_json()
            assert listed["total"] == facet["count"], (name, facet)
    assert client.get("/api/v1/image-facets?role=base").get_json()["roles"] == [{"value": "base", "count": 4}]
    assert client.get("/api/v1/image-facets?sort=name").status_code == 422


@pytest.mark.parametrize(
    "path", ["/api/v1/images", "/api/v1/images/backstage", "/api/v1/image-facets", "/api/v1/whoami"]
)
def test_an_answer_is_confirmed_to_the_same_caller(client: FlaskClient, path: str) -> None:
    """It has the tag of its content; no cache may give it to somebody else."""
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert "private" in answer.headers["Cache-Control"]
    assert {"Authorization", "X-Image-Factory-Token", "Cookie"} <= set(answer.vary)
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_detail_says_why_no_build_is_possible() -> None:
    """With its links, in camelCase."""
    images = [managed("app", no_build="no rule allows its workflow", digest=digest("a")), managed("lib")]
    client = web(MemoryIndex(images)).test_client()
    app, lib = (client.get(f"/api/v1/images/{name}").get_json() for name in ("app", "lib"))

    assert (app["noBuild"], lib["noBuild"]) == ("no rule allows its workflow", None)
    assert set(app["links"]) == {
        *("registry", "source", "dockerfile", "workflow", "lastRun", "backstage"),
        *("enrollmentFile", "stateFile", "stateHistory", "page"),
    }
