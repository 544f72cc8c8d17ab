"""Each question of docs/questions.md is answered where the table says, as a user goes there, among 120 images."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog.times import rfc3339
from provider.composition.parts import Parts, utc_now
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.population.filling import fill
from tests.population.histories import BEFORE, digest_of

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "questions.md").read_text("utf-8")
OLD = digest_of("node-22", BEFORE)
WEEK_AGO = rfc3339(utc_now() - timedelta(days=7))
HTML = {"Accept": "text/html"}

_ROW = re.compile(r"^\| Q\d+ .*$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_ADDRESS = re.compile(r"`(/[^`]*)`")


def cells(row: str) -> list[str]:
    """The question, its page, request, command line, git and tests."""
    return [cell.strip() for cell in row.strip("|").split("|")]


ROWS = [cells(row) for row in _ROW.findall(TEXT)]


def addresses(column: int) -> list[str]:
    """The addresses in a column, with the digest. TIME stays: each process that runs tests has another."""
    found = [address for row in ROWS for address in _ADDRESS.findall(row[column])]
    return sorted({address.replace("DIGEST", OLD) for address in found})


@pytest.fixture(name="client", scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The web part of a service with 120 images, which takes everybody on this machine as admin."""
    folder = tmp_path_factory.mktemp("questions")
    environ = {
        "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'factory.db'}",
        "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
        "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(folder / "auth.json"),
    }
    with Parts.open(read_settings(environ)) as parts:
        fill(parts.engine, 120, utc_now().replace(microsecond=0))
        yield web_app(parts).test_client()


def page(client: FlaskClient, address: str) -> str:
    """The words of a page, as people read them."""
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    body = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<wbr>", "", re.sub(r"<(?!wbr>)[^>]*>", " ", body)).split())


def request(client: FlaskClient, address: str) -> Any:
    """The JSON answer of the API."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def names(client: FlaskClient, address: str) -> set[str]:
    """The names of the images in a list of the API."""
    return {item["name"] for item in request(client, address)["items"]}


def test_each_question_has_a_page_a_request_and_tests() -> None:
    """What one column lacks, the others have."""
    assert len(ROWS) == 17
    assert [row[0] for row in ROWS if len(row) != 6] == []
    assert [
        row[0] for row in ROWS if not (_ADDRESS.search(row[1]) and _ADDRESS.search(row[2]) and _TEST.search(row[5]))
    ] == []


@pytest.mark.parametrize(("path", "name"), sorted(set(_TEST.findall(TEXT))))
def test_each_named_test_of_a_question_exists(path: str, name: str) -> None:
    """A test that was renamed is renamed in the table too."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("address", addresses(1))
def test_each_page_of_the_table_answers(client: FlaskClient, address: str) -> None:
    """With a heading."""
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert "<h1" in answer.text


@pytest.mark.parametrize("address", addresses(2))
def test_each_request_of_the_table_answers(client: FlaskClient, address: str) -> None:
    """In JSON, or in CSV."""
    answer = client.get(address.replace("TIME", WEEK_AGO))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype in {"application/json", "text/csv"}


def test_a_digest_leads_to_the_images_that_are_built_from_it(client: FlaskClient) -> None:
    """A user pastes it into the search field, and chooses what is built through other images too."""
    assert "base-node" in page(client, f"/images?q={OLD}")
    direct, through = f"/images?builtFrom={OLD}", f"/images?builtFrom={OLD}&transitive=true"
    assert "payments-api" not in page(client, direct)
    assert "payments-api" in page(client, through)
    assert names(client, f"/api/v1{direct}") == {"base-node"}
    assert {"base-node", "payments-api"} <= names(client, f"/api/v1{through}")


def test_a_base_leads_to_what_depends_on_it_and_to_who_is_behind(client: FlaskClient) -> None:
    """The page of the base image names those that are behind, also through base-node."""
    shown = page(client, "/images/node-22")
    assert "base-node" in shown
    assert "payments-api" in shown
    assert "base-node" in names(client, "/api/v1/images?dependsOn=node-22")
    assert "payments-api" not in names(client, "/api/v1/images?dependsOn=node-22")
    every = {item["name"]: item for item in request(client, "/api/v1/images/node-22/dependents?pageSize=100")["items"]}
    assert (every["base-node"]["steps"], every["payments-api"]["steps"]) == (1, 2)
    assert (every["base-node"]["digest"], every["base-node"]["behind"]) == (OLD, True)


def test_what_a_team_is_behind_with_is_listed_with_its_time(client: FlaskClient) -> None:
    """From the overview, which has those that are behind for longest."""
    assert "behind" in page(client, "/overview").lower()
    mine = "images?behind=true&owner=group:default/team-02"
    assert "payments-api" in page(client, f"/{mine}")
    (found,) = request(client, f"/api/v1/{mine}")["items"]
    assert (found["name"], found["behindSince"] is not None) == ("payments-api", True)


def test_a_vulnerability_leads_to_the_emergency_and_to_what_was_done(client: FlaskClient) -> None:
    """A user looks for the CVE, and from the base image asks for an emergency rebuild of everything."""
    (name,) = names(client, "/api/v1/images?cve=CVE-2026-12345")
    assert name in page(client, "/images?q=CVE-2026-12345")
    assert "/images/node-22/ask/emergency" in client.get("/images/node-22", headers=HTML).text
    covered = names(client, "/api/v1/images/node-22/impact?emergency=true&pageSize=100")
    assert {"base-node", "payments-api"} <= covered
    assert name in page(client, "/rebuilds?cve=CVE-2026-12345&last=all")


def test_an_image_says_why_it_waits_and_when_it_is_rebuilt_at_the_earliest(client: FlaskClient) -> None:
    """Also a child whose parent waits."""
    shown = page(client, "/images/payments-api")
    assert "base-node is rebuilt first. node:22 changed on" in shown
    found = request(client, "/api/v1/images/payments-api")
    assert found["status"] == "waiting"
    assert found["nextEligibleAt"] == request(client, "/api/v1/images/base-node")["nextEligibleAt"]
    assert f'datetime="{found["nextEligibleAt"]}"' in client.get("/images/payments-api", headers=HTML).text


def test_an_image_says_from_what_it_is_built_and_how_that_is_known(client: FlaskClient) -> None:
    """Passed to the build and verified in the built image are different words."""
    assert "verified in the built image" in page(client, "/images/payments-api")
    (edge,) = request(client, "/api/v1/images/payments-api")["dependencies"]
    assert (edge["builtOn"], edge["evidence"]) == (digest_of("base-node"), "verified")
    (passed,) = [
        name
        for name in names(client, "/api/v1/images?q=service-00025")
        if "passed to the build" in page(client, f"/images/{name}")
    ]
    assert passed.endswith("-00025")


def test_the_rebuilds_of_a_week_say_on_what_and_for_whom(client: FlaskClient) -> None:
    """With the old and the new digest of each cause."""
    shown = page(client, "/rebuilds?last=7d&image=base-node")
    assert "base-node" in shown
    assert OLD[:19] in shown
    (found,) = request(client, f"/api/v1/rebuilds?since={WEEK_AGO}&image=base-node")["items"]
    assert (found["requestedBy"], found["causes"][0]["previousDigest"]) == ("image-factory", OLD)
    asked = request(client, "/api/v1/rebuilds?requestedBy=user:default/jane")["items"]
    assert asked
    assert asked[0]["image"] in page(client, "/rebuilds?requestedBy=user:default/jane&last=all")


def test_the_audit_of_a_period_is_a_page_and_a_table(client: FlaskClient) -> None:
    """Who, what, why, and how it ended."""
    shown = page(client, "/audit?last=30d")
    assert "user:default/jane" in shown
    assert "release freeze" in shown
    table = client.get(f"/api/v1/audit?since={WEEK_AGO}&format=csv").text
    assert [row["action"] for row in csv.DictReader(io.StringIO(table))] == ["rebuild", "release", "hold"]


def test_the_changes_of_a_week_name_the_base_images(client: FlaskClient) -> None:
    """With the digests before and after."""
    assert "node-22" in page(client, "/changes?last=7d")
    found = request(client, f"/api/v1/updates?since={WEEK_AGO}&moves=true")["items"]
    assert ("node-22", OLD) in {(item["image"], item["previousDigest"]) for item in found}


def test_the_timeline_of_an_image_has_its_rebuilds_and_the_acts_of_people(client: FlaskClient) -> None:
    """The newest first."""
    shown = page(client, "/images/payments-api/timeline")
    assert "release freeze" in shown
    assert "user:default/jane" in shown
    assert request(client, "/api/v1/images/payments-api/timeline")["items"]


def test_how_long_changes_take_has_a_median_and_the_worst(client: FlaskClient) -> None:
    """Ten of them."""
    assert "median" in page(client, "/rebuilds?last=30d").lower()
    found = request(client, "/api/v1/rebuilds/summary")
    assert found["moveToRebuild"]["medianSeconds"] > 7 * 24 * 3600
    assert len(found["slowest"]) == 10


def test_the_overview_counts_what_is_proven_and_what_is_behind(client: FlaskClient) -> None:
    """The numbers are those of the lists."""
    assert "base-node" in page(client, "/overview")
    behind = request(client, "/api/v1/images?behind=true")["total"]
    assert behind == request(client, "/api/v1/rebuilds/summary")["behind"]


def test_problems_have_their_place_and_what_to_do(client: FlaskClient) -> None:
    """A mistake in images.yaml has its line."""
    shown = page(client, "/problems")
    assert "images.yaml:12" in shown
    assert "Correct the file in the config repository and push it" in shown
    assert "images.yaml:12" in {item["where"] for item in request(client, "/api/v1/problems")["items"]}
