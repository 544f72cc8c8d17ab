"""Tests of removals that an admin allows by the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider.auth.callers import CallerRole
from provider.domain.asking.request import PersonRequest, RequestKind
from provider.ports import ReportedProblem
from tests.provider.api.asking.images import asked_images
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW

FILE = "images.d/a.yaml"
NAMES = tuple(f"a-{number}" for number in range(8))
BODY = {"file": FILE, "count": 8, "reason": "the team is closed"}


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part while eight removals of one file wait."""
    with operation_world(tmp_path, asked_images()) as world:
        problem = ReportedProblem("", "text", "8 of the 8 images of this file would be removed", FILE, 1, removes=NAMES)
        world.index.report([ReportedProblem("app", "other", "is empty", "images.yaml", 3), problem], NOW)
        yield world


def allow(world: OperationWorld, role: CallerRole = CallerRole.ADMIN, **changed: Any) -> tuple[int, Any]:
    """The status and the body of the response."""
    answer = world.client.post("/api/v1/removals", json={**BODY, **changed}, headers=headers(role))
    return answer.status_code, answer.get_json()


def test_an_admin_allows_the_removals_that_wait(world: OperationWorld) -> None:
    """The problem says how many they are; the request has their names, who and why, and it is in the audit."""
    problems = world.get("/api/v1/problems")["items"]
    assert [problem["removals"] for problem in problems if problem["kind"] == "enrollment"] == [8, None]

    status, answer = allow(world)
    assert (status, answer["images"]) == (202, list(NAMES))
    assert answer["message"] == f"8 images of {FILE} will be removed now; their history stays in the archive."
    request = PersonRequest("request-1", RequestKind.REMOVALS, FILE, "the team is closed", "admin", NOW, NAMES)
    assert world.people.open() == [request]
    (record,) = world.get("/api/v1/audit")["items"]
    assert [record[key] for key in ("action", "name", "outcome")] == ["removals", FILE, "done"]


@pytest.mark.parametrize("changed", [{"count": 7}, {"count": 9}, {"file": "images.d/b.yaml"}, {"file": "images.yaml"}])
def test_other_removals_than_those_that_wait_are_a_conflict(world: OperationWorld, changed: dict[str, Any]) -> None:
    """What came after the caller looked is not allowed with it."""
    status, answer = allow(world, **changed)

    assert (status, world.people.open()) == (409, [])
    assert "see GET /api/v1/problems" in str(answer["message"])


@pytest.mark.parametrize("role", [role for role in CallerRole if role is not CallerRole.ADMIN])
def test_only_an_admin_allows_removals(world: OperationWorld, role: CallerRole) -> None:
    """The attempt is in the audit."""
    assert allow(world, role)[0] == 403
    assert world.people.open() == []
    assert [record["outcome"] for record in world.get("/api/v1/audit")["items"]] == ["not-allowed"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"reason": " "}, "reason"), ({"count": "8"}, "count"), ({"count": 0}, "count"), ({"names": ["a"]}, "names")],
)
def test_a_wrong_field_is_named(world: OperationWorld, changed: dict[str, Any], field: str) -> None:
    """With what is wrong."""
    status, answer = allow(world, **changed)

    assert (status, field in str(answer["errors"])) == (422, True)
