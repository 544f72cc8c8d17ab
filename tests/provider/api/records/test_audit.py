"""Tests of /api/v1/audit."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.auth.callers import CallerRole
from provider.operation_ports import AuditRecord
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """A world with three acts."""
    with operation_world(tmp_path) as world:
        for hours, record in enumerate(
            (
                AuditRecord(NOW, "user:default/jane", "rerun", "backstage", "done", "run 7, failed jobs"),
                AuditRecord(NOW, "ci", "rebuild", "node", "not-allowed", "=cmd()", "CVE-2026-1"),
                AuditRecord(NOW, "\ud800", "check", "x" * 5000, "refused"),
            )
        ):
            world.records.note(AuditRecord(NOW - timedelta(hours=hours), *_fields(record)))
        yield world


def _fields(record: AuditRecord) -> tuple[str, str, str, str, str, str | None]:
    return record.caller, record.action, record.name, record.outcome, record.reason, record.cve


def test_an_act_has_the_promised_fields(world: OperationWorld) -> None:
    """The newest is first."""
    items = world.get("/api/v1/audit")["items"]
    assert items[1] == {
        "at": "2026-03-10T11:00:00Z",
        "caller": "ci",
        "action": "rebuild",
        "name": "node",
        "reason": "=cmd()",
        "cve": "CVE-2026-1",
        "outcome": "not-allowed",
    }
    assert [item["action"] for item in items] == ["rerun", "rebuild", "check"]
    assert (items[2]["caller"], len(items[2]["name"])) == ("\ufffd", 1000)


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("since=2026-03-10T11:00:00Z", ["rerun", "rebuild"]),
        ("until=2026-03-10T11:00:00Z", ["check"]),
        ("since=2026-03-10T10:30:00Z&until=2026-03-10T12:00:00Z", ["rebuild"]),
        ("pageSize=1&page=2", ["rebuild"]),
    ],
)
def test_acts_are_filtered_by_time(world: OperationWorld, query: str, actions: list[str]) -> None:
    """`since` is included, `until` is not."""
    assert [item["action"] for item in world.get(f"/api/v1/audit?{query}")["items"]] == actions


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("caller=USER:default/jane", ["backstage"]),
        ("caller=user:default", []),
        ("action=rebuild", ["node"]),
        ("outcome=done", ["backstage"]),
        ("name=node", ["node"]),
        ("name=nod", []),
        ("owner=group:default/team-a", ["backstage"]),
        ("owner=group:default/nobody,Group:default/platform", ["node"]),
        ("owner=", []),
        ("owner=group:default/platform&outcome=done", []),
        ("outcome=not-allowed&since=2026-03-10T11:30:00Z", []),
    ],
)
def test_acts_are_filtered_by_what_and_who(world: OperationWorld, query: str, names: list[str]) -> None:
    """An act is one of an owner whose image it is about; JSON and CSV have the same acts."""
    assert [item["name"] for item in world.get(f"/api/v1/audit?{query}")["items"]] == names
    answer = world.client.get(f"/api/v1/audit?{query}&format=csv", headers=headers(CallerRole.READ))
    assert [row["name"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))] == names


def test_next_leads_through_all_acts(world: OperationWorld) -> None:
    """Acts at the same time have an order too."""
    for number in range(3):
        world.records.note(AuditRecord(NOW, "ci", "check", f"image-{number}", "done"))
    found, address = [], "/api/v1/audit?pageSize=2"
    while address:
        page = world.get(address)
        found += [item["name"][:9] for item in page["items"]]
        address = page["next"]
    assert found == ["image-2", "image-1", "image-0", "backstage", "node", "x" * 9]


def test_the_audit_as_csv(world: OperationWorld) -> None:
    """No cell is a formula."""
    answer = world.client.get("/api/v1/audit?format=csv", headers=headers(CallerRole.READ))
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert list(rows[0]) == ["at", "caller", "action", "name", "reason", "cve", "outcome"]
    assert [row["reason"] for row in rows] == ["run 7, failed jobs", "'=cmd()", ""]


@pytest.mark.parametrize("query", ["since=x", "until=2026-01-01", "outcome=well", "cursor=x", "format=yaml"])
def test_a_filter_that_cannot_be_read_is_refused(world: OperationWorld, query: str) -> None:
    """The response is 422."""
    assert world.client.get(f"/api/v1/audit?{query}", headers=headers(CallerRole.READ)).status_code == 422


def test_attempts_without_a_known_caller_are_not_stored(world: OperationWorld) -> None:
    """Otherwise anybody could fill the database."""
    assert world.client.post("/api/v1/checks", json={}).status_code == 401
    assert world.client.post("/login", data={"token": "guess"}).status_code in (400, 403, 422)
    assert world.get("/api/v1/audit")["total"] == 3
