"""Tests of /api/v1/problems."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provider.auth.callers import CallerRole
from provider.operation_ports import ProblemDocument
from provider.ports import Beat, ReportedProblem
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW, MemoryIndex, varied_images
from tests.provider.web_part import web

INVALID = ReportedProblem(
    "badentry",
    "images.yaml:12: badentry: rebuildDelay: '7x' is not a duration; write for example 12h, 7d or 2w",
    "'7x' is not a duration; write for example 12h, 7d or 2w",
    "images.yaml",
    12,
    "rebuildDelay",
)


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """A world with an invalid enrollment, a failed image, an image with an error, and a worker in trouble."""
    with operation_world(tmp_path) as world:
        world.index.report([INVALID, ReportedProblem("", "3 of 9 images would be removed", "3 of 9")], NOW)
        world.beats.beat(Beat("worker", NOW, "git cannot be reached"))
        yield world


def test_each_problem_has_its_place_and_a_remedy(world: OperationWorld) -> None:
    """A problem of a file has its line and field; one of an image has its reference."""
    found = {(item["kind"], item["name"]): item for item in world.get("/api/v1/problems")["items"]}
    assert set(found) == {
        ("enrollment", "badentry"),
        ("enrollment", ""),
        ("image", "collector"),
        ("image", "payments-api"),
        ("worker", "worker"),
    }
    invalid = found["enrollment", "badentry"]
    assert invalid.pop("remedy").startswith("Correct the file in the config repository")
    assert invalid == {
        "kind": "enrollment",
        "name": "badentry",
        "where": "images.yaml:12",
        "file": "images.yaml",
        "line": 12,
        "field": "rebuildDelay",
        "removals": None,
        "owner": None,
        "message": "'7x' is not a duration; write for example 12h, 7d or 2w",
        "since": "2026-03-10T12:00:00Z",
    }
    failed = found["image", "payments-api"]
    assert (failed["message"], failed["since"]) == ("The build ended with exit code 1.", "2026-03-10T08:00:00Z")
    assert failed["where"] == "ghcr.io/acme/payments-api:latest"
    assert found["worker", "worker"]["message"] == "git cannot be reached"
    assert all(item["remedy"] for item in found.values() if item is not invalid)


def test_a_solved_problem_is_gone_and_an_old_one_keeps_its_time(world: OperationWorld) -> None:
    """A problem that moves to another line is the same one."""
    moved = replace(INVALID, text=INVALID.text.replace("12:", "40:", 1), line=40)
    world.index.report([moved], NOW + timedelta(hours=1))
    world.beats.beat(Beat("worker", NOW, None))
    items = [item for item in world.get("/api/v1/problems")["items"] if item["kind"] != "image"]
    assert [(item["line"], item["since"]) for item in items] == [(40, "2026-03-10T12:00:00Z")]


def test_next_leads_through_all_problems_even_equal_ones() -> None:
    """Two problems may be alike in every word."""
    alike = ProblemDocument("slack", "", "invalid_auth", "Correct the token.", None)
    client = web(MemoryIndex(), problems=[lambda: [alike] * 3, lambda: [replace(alike, name="x")]]).test_client()
    found, address = [], "/api/v1/problems?pageSize=2"
    while address:
        page = client.get(address).get_json()
        found += [item["name"] for item in page["items"]]
        address = page["next"]
    assert found == ["", "", "", "x"]


def test_problems_of_a_period_are_listed(world: OperationWorld) -> None:
    """The end is excluded; what began at an unknown time is always listed; invalid times are refused."""
    began = {item["name"]: item["since"] for item in world.get("/api/v1/problems")["items"]}
    late = world.get("/api/v1/problems?since=2026-03-10T12:00:00Z")["items"]
    early = world.get("/api/v1/problems?until=2026-03-10T12:00:00Z")["items"]

    noon = "2026-03-10T12:00:00Z"
    assert {item["name"] for item in late} == {name for name, at in began.items() if not at or at >= noon}
    assert {item["name"] for item in early} == {name for name, at in began.items() if not at or at < noon}
    assert late
    assert early
    assert world.client.get("/api/v1/problems?since=yesterday", headers=headers(CallerRole.READ)).status_code == 422


def test_problems_of_an_owner_are_those_of_its_images(world: OperationWorld) -> None:
    """An enrollment counts where its image is tracked; what concerns no image is left out, whatever its name."""
    world.index.report([replace(INVALID, name="payments-api"), INVALID], NOW)
    world.beats.beat(Beat("backstage", NOW, "git cannot be reached"))
    owner = "group:default/payments"
    images = [replace(each, owner=owner) if each.name == "payments-api" else each for each in varied_images()]
    world.index.replace(images, {})

    def kinds(query: str) -> list[tuple[str, str]]:
        return [(item["kind"], item["name"]) for item in world.get(f"/api/v1/problems?{query}")["items"]]

    assert kinds(f"owner={owner}") == [("enrollment", "payments-api"), ("image", "payments-api")]
    assert kinds(f"owner={owner}&since=2026-03-10T12:00:00Z") == [("enrollment", "payments-api")]
    assert kinds("owner=group:default/nobody") == []
    assert kinds("owner=") == []
    assert kinds(f"owner=group:default/nobody,{owner.upper()}&kind=image") == [("image", "payments-api")]
    table = world.client.get(f"/api/v1/problems?format=csv&owner={owner}", headers=headers(CallerRole.READ))
    assert [row["kind"] for row in csv.DictReader(io.StringIO(table.text))] == ["enrollment", "image"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=worker", [("worker", "worker")]),
        ("kind=image", [("image", "collector"), ("image", "payments-api")]),
        ("kind=slack", []),
        ("name=badentry", [("enrollment", "badentry")]),
        ("name=collector&kind=enrollment", []),
    ],
)
def test_problems_are_filtered_by_kind_and_name(
    world: OperationWorld, query: str, found: list[tuple[str, str]]
) -> None:
    """A kind that has no problem is no error."""
    items = world.get(f"/api/v1/problems?{query}")["items"]
    assert [(item["kind"], item["name"]) for item in items] == found


def test_a_problem_of_an_image_has_its_owner(world: OperationWorld) -> None:
    """An enrollment of an image that is not tracked has none."""
    owners = {item["name"]: item["owner"] for item in world.get("/api/v1/problems")["items"]}
    assert owners["collector"] == owners["payments-api"] == "group:default/team-a"
    assert owners["badentry"] is owners["worker"] is None


def test_problems_are_a_table_too(world: OperationWorld) -> None:
    """One row for each, with the columns of the JSON."""
    answer = world.client.get("/api/v1/problems?format=csv", headers=headers(CallerRole.READ))
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert len(rows) == world.get("/api/v1/problems")["total"]
    (invalid,) = [row for row in rows if row["name"] == "badentry"]
    assert (invalid["file"], invalid["line"], invalid["field"]) == ("images.yaml", "12", "rebuildDelay")
