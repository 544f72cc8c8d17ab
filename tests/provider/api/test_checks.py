"""Tests of /api/v1/checks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.auth.callers import CallerRole
from provider.ports import Beat
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part over a database."""
    with operation_world(tmp_path) as world:
        yield world


def test_each_part_shows_its_last_and_next_check(world: OperationWorld) -> None:
    """Before its first check a part has neither."""
    world.beats.beat(Beat("worker", NOW - timedelta(minutes=5), "git cannot be reached"))
    world.beats.beat(Beat("releases", NOW, None, {"resting": "ghcr.io, quay.io"}))
    world.beats.beat(Beat("other", NOW, None))
    assert world.get("/api/v1/checks")["items"] == [
        {
            "part": "worker",
            "lastAt": "2026-03-10T11:55:00Z",
            "nextAt": "2026-03-10T12:10:00Z",
            "problem": "git cannot be reached",
            "resting": [],
        },
        {
            "part": "releases",
            "lastAt": "2026-03-10T12:00:00Z",
            "nextAt": "2026-03-10T12:01:00Z",
            "problem": None,
            "resting": ["ghcr.io", "quay.io"],
        },
    ]


def test_the_parts_are_a_table_too(world: OperationWorld) -> None:
    """One row for each, with the columns of the JSON; a table has no pages."""
    world.beats.beat(Beat("worker", NOW - timedelta(minutes=5), "=1+1"))
    answer = world.client.get("/api/v1/checks?format=csv", headers=headers(CallerRole.READ))

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="checks.csv"'
    assert answer.text.splitlines() == [
        "part,lastAt,nextAt,problem,resting",
        "worker,2026-03-10T11:55:00Z,2026-03-10T12:10:00Z,'=1+1,",
        "releases,,,,",
    ]
    assert world.get("/api/v1/checks?format=json")["total"] == 2
    for query in ("format=xml", "format=csv&page=1", "format=csv&pageSize=5", "since=2026-03-10T11:55:00Z"):
        assert world.client.get(f"/api/v1/checks?{query}", headers=headers(CallerRole.READ)).status_code == 422


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"names": ["node", "app", "node"]}, None),
        ({"names": ["backstage", "node"]}, ("backstage", "node")),
        ({}, ()),
        ({"names": []}, ()),
    ],
)
def test_a_check_is_stored(world: OperationWorld, body: object, names: tuple[str, ...] | None) -> None:
    """The response is 202 and does not wait; an unknown image is 422 and asks for nothing."""
    answer = world.ask(body)
    if names is None:
        assert answer.status_code == 422
        assert answer.get_json()["errors"]["json"]["names"] == ["There is no image named app."]
        assert world.requests.open() == []
    else:
        assert (answer.status_code, answer.get_json()) == (202, {"names": list(names)})
        assert [request.names for request in world.requests.open()] == [names]


@pytest.mark.parametrize(
    ("role", "status"), [(CallerRole.READ, 403), (CallerRole.REBUILD, 202), (CallerRole.ADMIN, 202)]
)
@pytest.mark.parametrize("body", [{}, {"names": ["node"]}])
def test_a_check_needs_permission(world: OperationWorld, role: CallerRole, status: int, body: object) -> None:
    """A refused attempt is in the audit too."""
    assert world.ask(body, role).status_code == status
    (record,) = world.get("/api/v1/audit")["items"]
    assert (record["caller"], record["action"], record["name"]) == (role.value, "check", "node" if body else "all")
    assert record["outcome"] == ("done" if status == 202 else "not-allowed")


@pytest.mark.parametrize("body", [{"names": "node"}, {"names": [""]}, {"names": ["x"] * 101}, {"name": ["node"]}, [1]])
def test_an_invalid_body_is_refused(world: OperationWorld, body: object) -> None:
    """A field that is not known is refused too: it would look honoured."""
    assert world.ask(body).status_code == 422
    assert world.requests.open() == []


def test_the_same_request_is_stored_once(world: OperationWorld) -> None:
    """Whoever presses a button a hundred times asks for one check."""
    for _ in range(5):
        assert world.ask({"names": ["node"]}).status_code == 202
    assert [request.names for request in world.requests.open()] == [("node",)]
