"""Tests of rebuilds, holds and skipped digests that people ask for by the API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from provider.auth.callers import CallerRole
from provider.domain.asking.request import PersonRequest, RequestKind
from tests.provider.api.asking.images import asked_images
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW, digest

WHY = "the certificates expired"
ADMIN = CallerRole.ADMIN


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part over images of two teams."""
    with operation_world(tmp_path, asked_images()) as world:
        yield world


def send(world: OperationWorld, path: str, body: object = None, method: str = "POST", role: CallerRole = ADMIN) -> Any:
    """The response to a request about an image."""
    sent = {} if body is None else {"json": body}
    return world.client.open(f"/api/v1/images/{path}", method=method, headers=headers(role), **sent)  # type: ignore[arg-type]


def test_a_rebuild_is_taken_with_who_and_why(world: OperationWorld) -> None:
    """It is open until the worker has carried it out, also in the image's document, and it is in the audit."""
    answer = send(world, "api/rebuilds", {"reason": f" {WHY}\n", "cve": "CVE-2026-12345"}, role=CallerRole.REBUILD)

    assert answer.status_code == 202
    assert answer.get_json() == {
        "id": "request-1",
        "kind": "rebuild",
        "name": "api",
        "images": ["api"],
        "notBuilt": [],
        "until": None,
        "message": "api will be rebuilt on the newest digests that have aged, when no rebuild of it runs.",
    }
    request = PersonRequest("request-1", RequestKind.REBUILD, "api", WHY, "rebuild", NOW, cve="CVE-2026-12345")
    assert world.people.open() == [request]
    assert world.get("/api/v1/images/api")["requests"] == [
        {
            "id": "request-1",
            "kind": "rebuild",
            "reason": WHY,
            "requestedBy": "rebuild",
            "at": "2026-03-10T12:00:00Z",
        }
    ]
    assert world.get("/api/v1/images/tool")["requests"] == []
    (record,) = world.get("/api/v1/audit")["items"]
    shown = {key: record[key] for key in ("caller", "action", "name", "cve", "outcome")}
    assert shown == {
        "caller": "rebuild", "action": "rebuild", "name": "api", "cve": "CVE-2026-12345", "outcome": "done"
    }  # fmt: skip
    assert record["reason"].strip() == WHY
    metrics = world.client.get("/metrics", headers=headers(ADMIN)).text
    assert 'image_factory_requests_of_people_total{kind="rebuild",outcome="done"} 1.0' in metrics


def test_an_emergency_of_a_base_image_covers_everything_that_is_built_from_it(world: OperationWorld) -> None:
    """Over parents, parents first; who cannot be built is named with the reason, and is left out."""
    end = "2026-03-11T00:00:00Z"
    body = {"reason": WHY, "cve": "CVE-2026-12345", "emergency": True, "until": end}
    answer = send(world, "node/rebuilds", body, role=CallerRole.EMERGENCY)

    assert answer.status_code == 202
    found = answer.get_json()
    assert (found["kind"], found["images"]) == ("emergency", ["runtime", "tool", "api"])
    assert found["notBuilt"] == [{"name": "loose", "reason": "the enrollment names no workflow"}]
    assert found["until"] == end
    assert found["message"] == (
        "The emergency rebuild of 3 images starts now, parents first; "
        "what has not started until 11 Mar 2026 is dropped."
    )
    (request,) = world.people.open()
    assert (request.images, request.cve) == (("runtime", "tool", "api"), "CVE-2026-12345")
    (record,) = world.get("/api/v1/audit")["items"]
    assert (record["action"], record["name"], record["reason"]) == ("emergency", "node", WHY)


def test_an_emergency_of_an_image_includes_its_parents_that_are_behind(world: OperationWorld) -> None:
    """It is dropped after three days; an image whose parents are up to date is rebuilt alone."""
    assert send(world, "api/rebuilds", {"reason": WHY, "emergency": True}).get_json()["images"] == ["runtime", "api"]
    assert send(world, "tool/rebuilds", {"reason": WHY, "emergency": True}).get_json()["images"] == ["tool"]
    assert {request.until for request in world.people.open()} == {NOW + timedelta(days=3)}


def test_an_emergency_for_a_digest_covers_the_images_that_contain_it(world: OperationWorld) -> None:
    """`tool` is built from the newer digest."""
    body = {"reason": WHY, "emergency": True, "builtFrom": digest("b")}
    assert send(world, "node/rebuilds", body).get_json()["images"] == ["tool"]
    body["builtFrom"] = digest("f")
    assert send(world, "node/rebuilds", body).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "unused/rebuilds",
            {"emergency": True},
            "No managed image is built from unused, so there is nothing to rebuild.",
        ),
        ("node/rebuilds", {}, "node is not built here; ask for an emergency to rebuild what is built from it."),
        ("loose/rebuilds", {}, "loose cannot be rebuilt: the enrollment names no workflow."),
        (
            "loose/rebuilds",
            {"emergency": True},
            "None of the images can be rebuilt. loose: the enrollment names no workflow.",
        ),
        ("node/hold", {}, "node is not built here, so it has no rebuilds to hold."),
        ("node/skips", {"digest": digest("a")}, "node is not built here, so it has no rebuilds to hold."),
    ],
)
def test_what_cannot_be_is_409_with_the_reason(
    world: OperationWorld, path: str, body: dict[str, object], message: str
) -> None:
    """Nothing is asked for; the audit has the attempt."""
    answer = send(world, path, {"reason": WHY, **body})

    assert (answer.status_code, answer.get_json()["message"]) == (409, message)
    assert world.people.open() == []
    assert [record["outcome"] for record in world.get("/api/v1/audit")["items"]] == ["refused"]


@pytest.mark.parametrize(
    ("path", "body", "field", "message"),
    [
        ("api/rebuilds", {}, "reason", "Missing data for required field."),
        ("api/rebuilds", {"reason": " "}, "reason", "Say why; other people read it."),
        ("api/rebuilds", {"reason": "x" * 501}, "reason", "Longer than 500 characters."),
        (
            "api/rebuilds",
            {"reason": WHY, "cve": "CVE-26-1"},
            "cve",
            "Not an id of the CVE program; write CVE-2026-12345.",
        ),
        (
            "api/rebuilds",
            {"reason": WHY, "cve": "CVE-2026-123"},
            "cve",
            "Not an id of the CVE program; write CVE-2026-12345.",
        ),
        (
            "api/rebuilds",
            {"reason": WHY, "cve": "CVE-2026-1234\n"},
            "cve",
            "Not an id of the CVE program; write CVE-2026-12345.",
        ),
        ("api/rebuilds", {"reason": WHY, "until": "2026-12-05"}, "until", "Needs emergency: true."),
        ("api/rebuilds", {"reason": WHY, "builtFrom": digest("a")}, "builtFrom", "Needs emergency: true."),
        ("api/rebuilds", {"reason": WHY, "emergency": "yes"}, "emergency", "Not a valid boolean; write true or false."),
        (
            "api/rebuilds",
            {"reason": WHY, "force": True},
            "force",
            "Not known; known are builtFrom, cve, emergency, reason, until.",
        ),
        ("api/hold", {}, "reason", "Missing data for required field."),
        (
            "api/hold",
            {"reason": WHY, "until": "soon"},
            "until",
            "Not a valid time; write for example 2027-01-31T12:00:00Z.",
        ),
        ("api/hold", {"reason": WHY, "until": 5}, "until", "Not a valid time; write for example 2027-01-31T12:00:00Z."),
        (
            "api/hold",
            {"reason": WHY, "until": "2026-03-10T12:00:00"},
            "until",
            "The time has no zone; write for example 2027-01-31T12:00:00Z.",
        ),
        (
            "api/hold",
            {"reason": WHY, "until": "2026-03-10"},
            "until",
            "2026-03-10 00:00:00 UTC is in the past; it is 2026-03-10 12:00:00 UTC now.",
        ),
        ("api/skips", {"reason": WHY}, "digest", "Missing data for required field."),
        ("api/skips", {"digest": digest("a")}, "reason", "Missing data for required field."),
        (
            "api/skips",
            {"digest": "sha256:1", "reason": WHY},
            "digest",
            "Not a digest; write sha256: followed by 64 hexadecimal digits.",
        ),
    ],
)
def test_an_invalid_request_is_422_on_its_field(
    world: OperationWorld, path: str, body: dict[str, object], field: str, message: str
) -> None:
    """Nothing is asked for; the audit has the attempt."""
    answer = send(world, path, body)

    assert (answer.status_code, answer.get_json()["errors"]["json"]) == (422, {field: [message]})
    assert world.people.open() == []
    assert [record["outcome"] for record in world.get("/api/v1/audit")["items"]] == ["refused"]


def test_a_hold_is_released_by_a_person_or_at_its_end(world: OperationWorld) -> None:
    """A release needs no body, and no reason; it is refused where there is nothing to release."""
    assert send(world, "api/hold", method="DELETE").get_json()["message"] == "api is not on hold."
    held = send(world, "api/hold", {"reason": WHY, "until": "2026-12-05"}).get_json()
    assert held["until"] == "2026-12-05T00:00:00Z"
    assert held["message"] == "api will not be rebuilt automatically until 5 Dec 2026."
    forever = send(world, "tool/hold", {"reason": WHY}).get_json()
    assert forever["message"] == "tool will not be rebuilt automatically until somebody releases it."
    released = send(world, "api/hold", method="DELETE")
    assert (released.status_code, released.get_json()["kind"]) == (202, "release")
    assert send(world, "tool/hold", {"reason": "over"}, method="DELETE").status_code == 202

    first, *_, last = world.people.open()
    assert (first.kind, first.until) == (RequestKind.HOLD, datetime(2026, 12, 5, tzinfo=UTC))
    assert (last.kind, last.name, last.reason) == (RequestKind.RELEASE, "tool", "over")


def test_a_digest_is_skipped_and_used_again(world: OperationWorld) -> None:
    """A digest that is not skipped cannot be unskipped."""
    unskip = {"digest": digest("a")}
    assert send(world, "api/skips", unskip, method="DELETE").status_code == 409
    skipped = send(world, "api/skips", {**unskip, "reason": WHY})
    assert (skipped.status_code, skipped.get_json()["message"]) == (202, f"api will not be built on {digest('a')}.")
    again = send(world, "api/skips", unskip, method="DELETE")
    assert (again.status_code, again.get_json()["message"]) == (202, f"api may be built on {digest('a')} again.")
    assert [(each.kind.value, each.digest) for each in world.people.open()] == [
        ("skip", digest("a")),
        ("unskip", digest("a")),
    ]


def test_an_unknown_image_is_404(world: OperationWorld) -> None:
    """The audit has the attempt."""
    assert send(world, "nothing/rebuilds", {"reason": WHY}).status_code == 404
    assert [record["name"] for record in world.get("/api/v1/audit")["items"]] == ["nothing"]


def test_a_form_of_another_site_is_refused(world: OperationWorld) -> None:
    """A form cannot send JSON, and a browser names the site."""
    sent = world.client.post("/api/v1/images/api/rebuilds", data={"reason": WHY}, headers=headers(ADMIN))
    assert sent.status_code == 415
    elsewhere = {**headers(ADMIN), "Origin": "https://elsewhere.example"}
    for method, path in (("POST", "hold"), ("DELETE", "hold"), ("POST", "rebuilds"), ("DELETE", "skips")):
        answer = world.client.open(f"/api/v1/images/api/{path}", method=method, json={"reason": WHY}, headers=elsewhere)
        assert answer.status_code == 403
    assert world.people.open() == []


def test_the_impact_of_an_emergency_is_shown_before_it_starts(world: OperationWorld) -> None:
    """With who cannot be built, and why."""
    shown = world.get("/api/v1/images/node/impact?emergency=true")["items"]
    assert [(each["name"], each["depth"], each["automatic"], each["reason"]) for each in shown] == [
        ("loose", 1, False, "loose cannot be built: the enrollment names no workflow"),
        ("runtime", 1, True, None),
        ("tool", 1, True, "tool is rebuilt although autoRebuild is off"),
        ("api", 2, True, None),
    ]
    assert [each["eligibleAt"] for each in shown] == [None, *["2026-03-10T12:00:00Z"] * 3]
    narrow = world.get(f"/api/v1/images/node/impact?emergency=true&builtFrom={digest('b')}")["items"]
    assert [each["name"] for each in narrow] == ["tool"]
    path = f"/api/v1/images/node/impact?builtFrom={digest('b')}"
    assert world.client.get(path, headers=headers(ADMIN)).status_code == 422


def test_an_image_that_is_not_built_has_a_reason_and_no_time(world: OperationWorld) -> None:
    """Its children too, because they would not be rebuilt either."""
    shown = {each["name"]: each for each in world.get("/api/v1/images/node/impact")["items"]}
    assert (shown["loose"]["eligibleAt"], shown["loose"]["automatic"]) == (None, False)
    assert shown["loose"]["reason"] == "loose will not be built automatically: the enrollment names no workflow"
    assert shown["tool"]["reason"] == "tool will not be built automatically: autoRebuild is off"
    assert shown["runtime"]["reason"] is None
